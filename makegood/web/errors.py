"""Errors: which status each refusal has; the one place where the tree of `core.errors` meets HTTP."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from makegood.core.errors import BadInput, MakegoodError, Refusal, UnknownName
from makegood.desk.answering import QuestionClosed
from makegood.desk.borrowing import CaseBusy
from makegood.desk.links import LinkInvalid
from makegood.desk.replying import MaybeSent, NotSent, NotYet
from makegood.gateways.outcomes import Outcome, Unavailable
from makegood.gateways.signing import BadSignature
from makegood.store.errors import AlreadyOpen, Erased
from makegood.web.access import NotYours
from makegood.web.sessions import FormForged, NotSignedIn

log = logging.getLogger(__name__)

AGAIN = 30  # seconds, where a provider does not say when to come back


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal as it leaves the house. Nothing in it was typed by a customer."""

    status: int
    code: str
    problem: str
    place: str = ""
    expected: str = ""
    mend: str = ""
    retry_after: int | None = None

    @property
    def body(self) -> dict[str, Any]:
        told = {"code": self.code, "place": self.place, "problem": self.problem}
        return {"error": told | {"expected": self.expected, "mend": self.mend}}

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


def say(error: MakegoodError) -> Said:
    match error:
        case BadSignature():
            return Said(401, f"signature-{error.why}", "the signature does not hold", "headers", _SIGNED)
        case LinkInvalid():
            return Said(
                410 if error.why == "expired" else 403, f"link-{error.why}", "this link does not open"
            )
        case QuestionClosed():
            return Said(409, "question-closed", "this question is closed")
        case Erased():
            return Said(410, "erased", "what was here has been erased")
        case NotSignedIn() | FormForged() | NotYours() | CaseBusy() | NotSent() | MaybeSent() | NotYet():
            return _to_a_colleague(error)
        case AlreadyOpen():
            return Said(503, "busy", "the case was changed meanwhile", mend="Send it again", retry_after=1)
        case UnknownName():
            status = 404 if error.kind in ("case", "number") else 422
            problem = f"this {error.kind} is not known"
            return Said(status, f"unknown-{error.kind}", problem, error.place, _known(error), error.mend)
        case BadInput():
            return Said(422, "bad-input", error.problem, error.place, error.expected, error.mend)
        case Unavailable():
            wait = error.retry_after.total_seconds() if error.retry_after else AGAIN
            problem = f"{error.who} cannot be reached; nothing was done"
            return Said(
                503, "unavailable", problem, error.who, mend="Send it again", retry_after=max(1, int(wait))
            )
        case Outcome():
            return Said(502, "outside", "a system of the seller's did not do as asked")
        case Refusal():
            return Said(409, "refused", "this cannot be done now")
        case _:
            log.error("%s", type(error).__name__)
            return Said(500, "defect", "this is our mistake, and it was noted")


_AGAIN = "Nothing is lost: try again in a few seconds"
_SIGNED = "Makegood-Timestamp and Makegood-Signature: v1=<hex HMAC-SHA256(secret, timestamp.body)>"


def _known(error: UnknownName) -> str:
    return f"one of {', '.join(error.known)}" if error.known else ""


def _to_a_colleague(error: Refusal) -> Said:
    """What only the desk's own pages can meet."""
    match error:
        case NotSignedIn():
            return Said(401, "not-signed-in", "nobody is signed in")
        case FormForged():
            return Said(403, "form", "this form is too old or was not made here", mend="Load the page again")
        case NotYours():
            return Said(404, "not-found", "there is no such thing here for you")
        case CaseBusy():
            return Said(503, "busy", "the case is being worked on this moment", mend=_AGAIN, retry_after=5)
        case _:
            return Said(409, "not-sent", str(error))
