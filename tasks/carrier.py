"""The carriers: labels, and parcels under way."""

from __future__ import annotations

from tasks.skin import make_call, skin


@skin("parcel.return_label")
def return_label(case: str, step: str, visit: str) -> None:
    """A label from the customer to the returns address."""
    make_call(case, step, visit)


@skin("parcel.void_label")
def void_label(case: str, step: str, visit: str) -> None:
    """Undo of return_label."""
    make_call(case, step, visit)


@skin("parcel.recall")
def recall(case: str, step: str, visit: str) -> None:
    """Asks for a parcel to be turned round."""
    make_call(case, step, visit)
