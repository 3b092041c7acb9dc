"""Forms that were sent: read whole, and at the desk believed only with their token."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from makegood.core.errors import BadInput
from makegood.core.facts import FactType, Field
from makegood.core.signatures import FILES
from makegood.desk.answering import Form
from makegood.desk.evidence import LARGEST, SentFile
from makegood.web import sessions

MOST_FILES = 20
LONG = ("note", "text", "remark", "reason")
"""Free text of more than a line; the rest are numbers and names."""


async def _sent(request: Request) -> AsyncIterator[FormData]:
    """Files are on disk until the answer has gone; awaiting is for reading alone."""
    form = await request.form(max_files=MOST_FILES, max_fields=100)
    try:
        yield form
    finally:
        await form.close()


SentForm = Annotated[FormData, Depends(_sent)]


def _ours(request: Request, form: SentForm) -> FormData:
    sessions.must_be_ours(request, form)
    return form


DeskForm = Annotated[FormData, Depends(_ours)]


def text_of(form: FormData, name: str, most: int = 20_000) -> str:
    """Empty when it is not there. Raises BadInput for what is longer than anybody types."""
    value = form.get(name, "")
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > most:
        raise BadInput(name, "is too long", f"at most {most} characters", "Shorten it")
    return text


def typed(form: FormData, asked: Form) -> dict[str, str]:
    """What was typed for the fields of a question; files are read by `files_of`."""
    return {name: text_of(form, f"f-{name}") for name in asked.fields if name not in FILES}


def files_of(form: FormData, name: str) -> list[SentFile]:
    """Never more of one than the largest that is kept, and a byte. An input left empty is no file."""
    files = []
    for upload in form.getlist(f"f-{name}"):
        if isinstance(upload, UploadFile) and upload.filename:
            files.append(SentFile(upload.filename[:120], upload.file.read(LARGEST + 1)))
    return files


def shown(fields: Mapping[str, Field], required: frozenset[str]) -> list[dict[str, object]]:
    """Each field as a template draws it."""
    return [
        {
            "name": name,
            "widget": _widget(name, field),
            "values": field.values,
            "required": name in required,
            "label": name.replace("_", " ").capitalize(),
        }
        for name, field in fields.items()
    ]


def _widget(name: str, field: Field) -> str:
    if name in FILES:
        return "files"
    match field.type:
        case FactType.BOOL:
            return "flag"
        case FactType.ENUM:
            return "choice"
        case FactType.INT | FactType.PERCENT:
            return "number"
        case FactType.MONEY:
            return "money"
        case FactType.TEXT:
            return "text" if name in LONG else "line"
        case FactType.CODE | FactType.INSTANT:
            return "line"
