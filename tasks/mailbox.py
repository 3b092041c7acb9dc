"""Whoever delivers messages to customers, by whatever channel."""

from __future__ import annotations

from tasks.skin import make_call, skin


@skin("message.send")
def send(case: str, step: str, visit: str) -> None:
    """Hands over one message."""
    make_call(case, step, visit)
