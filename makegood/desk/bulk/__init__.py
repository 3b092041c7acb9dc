"""The bulk lane: many ready cases in one run, by the same core and ledger as legs, committed together."""

from makegood.desk.bulk.draining import CALLS, LANES, SHARED_LANES, SIZE, Drained, Tell, drain, ready
from makegood.desk.bulk.sharing import AllDied, serve, share, started

__all__ = [
    "CALLS",
    "LANES",
    "SHARED_LANES",
    "SIZE",
    "AllDied",
    "Drained",
    "Tell",
    "drain",
    "ready",
    "serve",
    "share",
    "started",
]
