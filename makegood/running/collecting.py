"""Python's collector of cycles, for processes that live long.

By default it looks through what is young whenever seven hundred objects are new, and now and then through
everything. What imports and definitions have made lives on to the end, and a request, a leg or a batch makes
thousands of objects. A twentieth of the time of Prefect's server (3.8.8, Python 3.11) and a quarter of a bulk
case's went into looking.
"""

from __future__ import annotations

import gc

YOUNG = 50_000  # new objects between two looks, about ten requests'
BATCHES = 1_000_000  # for a process of a bulk run: some twenty batches', which leave hardly a cycle


def rarely(young: int = YOUNG) -> None:
    """Sets what lives now aside for good. Call it once, when everything is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(young, 20, 100)
