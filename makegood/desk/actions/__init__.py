"""Actions: what a `run` or `send` step does, one module per outside system."""
