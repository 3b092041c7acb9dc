"""A mailbox that shows every message."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.gateways.results import Sent
from tests.fakes.provider import FakeProvider


@dataclass(frozen=True)
class Letter:
    to: str
    channel: str
    locale: str
    subject: str
    body: str
    case: str
    template: str | None
    key: str


class FakeMailbox(FakeProvider):
    """`FakeMailbox(can_look_up=False)` is a mail server."""

    def __init__(self, *, can_look_up: bool = True) -> None:
        super().__init__(can_look_up=can_look_up)
        self.letters: list[Letter] = []

    def send(
        self,
        to: str,
        *,
        channel: str,
        locale: str,
        subject: str,
        body: str,
        case: str,
        template: str | None,
        key: str,
    ) -> Sent:
        letter = Letter(to, channel, locale, subject, body, case, template, key)
        return self.once("send", key, letter, lambda: self._deliver(letter))

    def find(self, *, key: str) -> Sent | None:
        return self.done("send", key) if self.can_look_up else None

    def _deliver(self, letter: Letter) -> Sent:
        self.letters.append(letter)
        return Sent(ref=f"message-{len(self.letters)}")
