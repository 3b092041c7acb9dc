"""Parsing at the door: JSON becomes a value, or a refusal that names the field and quotes nothing."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from makegood.core.errors import BadInput

M = TypeVar("M", bound=BaseModel)


class Body(BaseModel):
    """What a caller may send; a field that we do not know is a mistake of theirs that they should see."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class MalformedBody(BadInput):
    """The first field that does not fit. The text of what was sent is never in it."""


def read(model: type[M], body: bytes) -> M:
    """Raises MalformedBody."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _malformed(error.errors(include_url=False, include_input=False)[0]) from None


def read_part(model: type[M], data: Any, place: str) -> M:
    """As `read`, for a part that is parsed already."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _malformed(error.errors(include_url=False, include_input=False)[0], place) from None


def _malformed(error: ErrorDetails, above: str = "") -> MalformedBody:
    parts = [above, *(str(part) for part in error["loc"])]
    place = ".".join(filter(None, parts)) or "body"
    match error["type"]:
        case "missing":
            return MalformedBody(place, "is missing", "a value", "Send it")
        case "extra_forbidden":
            return MalformedBody("body", "has a field that is not known here", "only documented fields")
        case "json_invalid":
            return MalformedBody("body", "is not JSON", "a JSON object in UTF-8")
        case _:
            said = error["msg"].removeprefix("Value error, ")
            return MalformedBody(place, "does not fit", said[:1].lower() + said[1:], "Mend it and send again")
