"""Measurements: `make bench` prints one table from one interleaved run; docs/performance.md explains it."""
