"""Work that the desk does by itself: judging, quoting, deciding, and whatever has no skin of its own."""

from __future__ import annotations

from tasks.skin import make_call, skin


@skin("policy.judge")
def judge(case: str, step: str, visit: str) -> None:
    """Statute and house rules for this market, item and day."""
    make_call(case, step, visit)


@skin("warranty.check")
def check_warranty(case: str, step: str, visit: str) -> None:
    """Whether a repair is free, and within how many days it is owed."""
    make_call(case, step, visit)


@skin("remedy.quote")
def quote(case: str, step: str, visit: str) -> None:
    """What a remedy gives, line by line."""
    make_call(case, step, visit)


@skin("remedy.deduct")
def deduct(case: str, step: str, visit: str) -> None:
    """What is taken off for wear or missing parts."""
    make_call(case, step, visit)


@skin("step")
def step(case: str, step: str, visit: str) -> None:
    """Any other action: a new one needs no task of its own."""
    make_call(case, step, visit)
