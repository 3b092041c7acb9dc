"""The acquirers and wallets that took the customers' money."""

from __future__ import annotations

from tasks.skin import make_call, skin


@skin("payment.refund")
def refund(case: str, step: str, visit: str) -> None:
    """Gives captured money back."""
    make_call(case, step, visit)


@skin("payment.link")
def link(case: str, step: str, visit: str) -> None:
    """A link by which the customer pays a quote."""
    make_call(case, step, visit)


@skin("payment.by_hand")
def by_hand(case: str, step: str, visit: str) -> None:
    """Writes down what a colleague has paid back outside of the line."""
    make_call(case, step, visit)


@skin("payment.void")
def void(case: str, step: str, visit: str) -> None:
    """Gives up an authorisation that was never captured."""
    make_call(case, step, visit)
