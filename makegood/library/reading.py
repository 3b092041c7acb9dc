"""From a document to a model: what does not fit becomes findings with file, line and mend."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from makegood.core.findings import Finding
from makegood.library.documents import Document

M = TypeVar("M", bound=BaseModel)


def read(model: type[M], document: Document) -> tuple[M | None, list[Finding]]:
    """The model, or every reason why it cannot be had."""
    if not isinstance(document.data, dict):
        mend = "write `key: value` lines as in the files beside it"
        return None, [document.find((), "a mapping is expected here", mend)]
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        return None, [_finding(document, each) for each in error.errors(include_url=False)]


def _finding(document: Document, error: ErrorDetails) -> Finding:
    place = tuple(str(part) for part in error["loc"])
    name = ".".join(place) or "the file"
    match error["type"]:
        case "missing":
            return document.find(place, f"{name} is missing", "add it")
        case "extra_forbidden":
            return document.find(place, f"{name} is not known here", "check its spelling or remove it")
        case _:
            given = error["input"]
            shown = "" if isinstance(given, dict | list) else f", not {given!r}"
            said = error["msg"].removeprefix("Value error, ")
            return document.find(place, f"{name}: {said[0].lower()}{said[1:]}{shown}")
