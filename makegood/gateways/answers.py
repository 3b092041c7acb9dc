"""An HTTP answer and what its status means: a body to parse, or which of the three bad endings."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from makegood.gateways.outcomes import Outcome, Refused, Unavailable, Unknown

T = TypeVar("T")

# the first call under this key is still being worked on: its end is not known yet
IN_PROGRESS = frozenset({"idempotency_in_progress", "idempotency_key_in_use"})


class _Error(BaseModel):
    code: str = Field(pattern=r"^[A-Za-z0-9_.:-]{1,100}$")  # it is logged, so it can be no sentence
    message: str = ""
    known: tuple[str, ...] = ()


class _ErrorBody(BaseModel):
    error: _Error


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    body: bytes
    retry_after: timedelta | None = None

    @property
    def error(self) -> _Error | None:
        """The provider's coded error, if the body is one."""
        try:
            return _ErrorBody.model_validate_json(self.body).error
        except ValidationError:
            return None


def ending(answer: Answer, who: str, address: str, mend: str, *, effect: bool) -> Outcome | None:
    """The bad ending that a status stands for, None for 2xx. `effect`: it may have changed something."""
    status, error = answer.status, answer.error
    said = f"answered {status}"
    if 200 <= status < 300:
        return None
    if status in (425, 429) or (status == 503 and answer.retry_after is not None):
        return Unavailable(who, address, said, retry_after=answer.retry_after)
    if status >= 500 or status == 408 or (error is not None and error.code in IN_PROGRESS):
        return Unknown(who, address, said) if effect else Unavailable(who, address, said, mend)
    if status in (401, 407):
        return Unavailable(who, address, said, "Check its token in the settings", lasting=True)
    if error is not None and status >= 400:
        return Refused(error.code, error.message, error.known)
    if status in (400, 409, 422):
        return Refused(f"http_{status}")
    return Unavailable(who, address, f"{said} without an error code", "Check its address", lasting=True)


def retry_after(header: str | None, now: datetime | None = None) -> timedelta | None:
    """`Retry-After`, in seconds or as an HTTP date (RFC 9110, 10.2.3). What cannot be read is ignored."""
    if header is None:
        return None
    if header.strip().isdigit():
        return timedelta(seconds=min(int(header), 86_400))
    try:
        due = parsedate_to_datetime(header)
    except ValueError:
        return None
    if due.tzinfo is None:
        due = due.replace(tzinfo=UTC)
    return max(due - (now or datetime.now(UTC)), timedelta(0))


def parse(kind: type[T], body: bytes) -> T:
    """Raises pydantic's ValidationError."""
    adapter: TypeAdapter[T] = _adapter(cast(Hashable, kind))
    return adapter.validate_json(body)


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Building one costs more than most of what it parses."""
    return TypeAdapter(kind)


def misfit(error: ValidationError) -> str:
    """Which fields of an answer do not fit, without quoting them: they may be personal."""
    places = [
        ".".join(str(part) for part in each["loc"]) or "body" for each in error.errors(include_input=False)
    ]
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    return f"an answer that does not fit at {', '.join(places[:3])}{more}"
