"""Notices: letters to colleagues, through the outbox and the mail system of customers' letters.

They name ids, case numbers and addresses of pages: nothing of a customer's is in them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.desk.desk import Desk
from makegood.gateways.outcomes import Refused
from makegood.store import outbox, people
from makegood.store.models import Outgoing, Person
from makegood.store.transaction import Tx
from makegood.store.words import OutboxVerb, Role

log = logging.getLogger(__name__)

OVERSEERS = frozenset({Role.SUPERVISOR, Role.TEAM_LEAD, Role.ADMIN})
"""Who is told that somebody may be trying another's codes."""

_LOCKED, APPROVAL = "locked-out", "approval"


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    body: str


def locked_out(tx: Tx, desk: Desk, person: str, at: datetime, until: datetime) -> None:
    """Once for each lock-out, to everybody who oversees but the one that it is about."""
    others = (each for each in people.listed(tx, only_active=True) if each.role in OVERSEERS)
    told = {"person": person, "at": clock(at), "until": clock(until)}
    put(tx, desk, _LOCKED, (each for each in others if each.id != person), told, f"{person}:{at.isoformat()}")


def put(tx: Tx, desk: Desk, notice: str, to: Iterable[Person], told: Mapping[str, Any], occasion: str) -> int:
    """A row for each who has an address, of which one that fails keeps no other waiting. Nobody is told
    twice of the same `occasion`, whoever asks for it. Returns how many rows are new."""
    new = 0
    for person in to:
        if person.email_cipher is not None:
            payload = {"notice": notice, "to": person.id, **told}
            key = f"notice:{notice}:{occasion}:{person.id}"
            new += outbox.put(tx, OutboxVerb.NOTIFY, payload, desk.now(), dedupe_key=key)
    return new


def send(tx: Tx, desk: Desk, row: Outgoing) -> None:
    """To the address of now; to nobody who has left. The key keeps a repeated call from being a letter."""
    person = people.get(tx, row.payload["to"])
    address = people.email_of(tx, person) if person is not None and person.active else None
    if address is None:
        return
    letter = _WRITTEN[row.payload["notice"]](row.payload)
    try:
        desk.mailbox.send(
            address,
            channel="email",
            locale="en",
            subject=letter.subject,
            body=letter.body,
            case="",
            template=None,
            key=row.dedupe_key or f"outbox:{row.id}",
        )
    except Refused as error:  # it would be refused every time; one that is away is tried again
        log.warning("the mail system refused a notice to %s: %s", row.payload["to"], error.code)


def _locked(told: Mapping[str, Any]) -> Letter:
    person = told["person"]
    return Letter(
        f"makegood: {person} is locked out",
        f"Five codes in a row that do not count were entered for the id {person}, the last of them at"
        f" {told['at']}. Until {told['until']} no code of theirs counts; each further wrong one makes that"
        f" longer.\n\nAsk {person} whether it was them. If it was not, somebody is trying:"
        f" `makegood people renew {person}` gives them a new secret, and with"
        f" `makegood people deactivate {person}` no answer of theirs counts.\n",
    )


def _waits(told: Mapping[str, Any]) -> Letter:
    due = f" It goes its own way at {told['due']}, which is never a yes." if told["due"] else ""
    return Letter(
        f"makegood: {told['subject']} waits for an approval",
        f"{told['about']}.{due}\n\n{told['link']}\n\nOpen it, press Resume, read what it says, and"
        " answer with your id and a one-time code.\n",
    )


def clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


_WRITTEN: Mapping[str, Callable[[Mapping[str, Any]], Letter]] = {_LOCKED: _locked, APPROVAL: _waits}
