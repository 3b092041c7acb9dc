"""The ticket store: the record of every case, on PostgreSQL; makegood's only SQLAlchemy.

Repositories are modules of functions that take the transaction first: `cases.park(tx, ...)`. What they
return is a snapshot (a mapped row or a frozen value): nothing is written by changing an attribute.
`now` is always the application's clock; leases and codes alone run on real time.
"""

from makegood.store.store import Store
from makegood.store.transaction import Tx

__all__ = ["Store", "Tx"]
