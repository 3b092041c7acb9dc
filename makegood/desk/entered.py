"""Entered: before its code is looked at, an answer must have come through the form, as it was shown."""

from __future__ import annotations

from typing import Protocol

FIELDS = frozenset({"decision", "approver", "code", "note", "packet", "shown"})
"""What every form has; `packet` it carries itself, and `shown` is added by who fetches the answer."""

_SHORTEST = 12  # hexadecimal digits by which a packet may be named


class Entered(Protocol):
    """`resumed` is False when the run left its suspension by hand. `packet` is how the digest begins of what
    was read, `shown` the digest of what Prefect shows now; in hex, empty where there was no form.
    `foreign`: there were fields that the form has not."""

    @property
    def resumed(self) -> bool: ...
    @property
    def packet(self) -> str: ...
    @property
    def shown(self) -> str: ...
    @property
    def foreign(self) -> bool: ...


def odd(form: Entered, packet_hash: bytes) -> tuple[str, str] | None:
    """A word for the audit and what the next packet begins with; None for what is to be judged."""
    asked = packet_hash.hex()
    if not form.resumed:
        return "state-by-hand", "The run's state was set by hand, and nothing was decided by it"
    if form.foreign:
        return "foreign-fields", "The answer had fields that the form has not"
    if not asked.startswith(form.packet.lower()):
        return "older-form", "The answer was to an older form. Read what is shown now"
    if form.shown and form.shown != asked:
        return "packet-swapped", "Prefect showed other words than ours. Read them again"
    return None


def names(typed: str, packet_hash: bytes) -> bool:
    """Whether what is typed at a terminal names this packet: its hash, or at least twelve digits of it."""
    return len(typed) >= _SHORTEST and packet_hash.hex().startswith(typed.lower())
