"""Python's collector of cycles, for processes that live long.

By default it looks through what is young whenever seven hundred objects are new, and now and then through
everything. What imports have made lives on to the end, and a request or a leg makes thousands of objects: a
twentieth of the time of Prefect's server went into looking (3.8.8, Python 3.11).
"""

from __future__ import annotations

import gc

YOUNG = 50_000  # new objects between two looks, about ten requests'


def rarely() -> None:
    """Sets what lives now aside for good. Call it once, after the imports."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 100)
