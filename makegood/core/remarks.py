"""The journal's entries that move nothing: notes, messages, who has a task, promises near their end."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from makegood.core.facts import Facts


class Entry(BaseModel):
    """One entry of a journal; frozen, and of exactly the keys that its kind has."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Noted(Entry):
    """Something for the reader of the record that moves nothing."""

    kind: Literal["noted"] = "noted"
    what: str
    facts: Facts = {}


class MessageReceived(Entry):
    """The customer wrote; the text is in the thread."""

    kind: Literal["message.received"] = "message.received"
    message: int
    channel: str


class MessageSent(Entry):
    """We wrote. `automatic` messages do not stop the first-reply clock."""

    kind: Literal["message.sent"] = "message.sent"
    message: int
    template: str
    automatic: bool
    by: str = "system"


class TaskAssigned(Entry):
    """A colleague gave a task to somebody, to themselves, or back. An empty `to` is whoever of the role.

    `before` is who had it until then; `by` and `to` are ids of people, never names.
    """

    kind: Literal["task.assigned"] = "task.assigned"
    task: int
    step: str
    role: str
    to: str = ""
    before: str = ""
    by: str


class PromiseWarned(Entry):
    kind: Literal["promise.warned"] = "promise.warned"
    promise: str
    due: datetime


class PromiseBreached(Entry):
    kind: Literal["promise.breached"] = "promise.breached"
    promise: str
    due: datetime
