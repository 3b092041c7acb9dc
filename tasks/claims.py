"""What evidence is worth, and what carriers owe us."""

from __future__ import annotations

from tasks.skin import make_call, skin


@skin("evidence.check")
def check_evidence(case: str, step: str, visit: str) -> None:
    """How many files, from when, and whether they were seen before."""
    make_call(case, step, visit)


@skin("claims.repeat")
def repeat(case: str, step: str, visit: str) -> None:
    """Whether the like is claimed too often."""
    make_call(case, step, visit)


@skin("claim.file")
def file(case: str, step: str, visit: str) -> None:
    """Files a claim with the carrier."""
    make_call(case, step, visit)
