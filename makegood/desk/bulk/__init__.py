"""The bulk lane: many ready cases in one run, by the same core and ledger as legs, committed together."""

from makegood.desk.bulk.draining import CALLS, LANES, SIZE, drain, ready

__all__ = ["CALLS", "LANES", "SIZE", "drain", "ready"]
