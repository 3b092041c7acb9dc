"""What a customer answers on their page: files, words, a choice between offers."""

from __future__ import annotations

import hashlib

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from makegood.core.errors import BadInput
from makegood.core.facts import Facts
from makegood.core.signatures import FILES
from makegood.desk import answering, evidence, progress
from makegood.desk.answering import Files, Form, QuestionClosed
from makegood.desk.evidence import EvidenceRefused, SentFile
from makegood.store.words import EvidenceKind
from makegood.web import pages, progress_page, texts
from makegood.web.forms import SentForm, files_of, text_of, typed
from makegood.web.site import site_of
from makegood.web.texts import Texts

router = APIRouter()

FITS = {
    "photos": (EvidenceKind.PHOTO,),
    "video": (EvidenceKind.VIDEO,),
    "documents": (EvidenceKind.DOCUMENT, EvidenceKind.PHOTO, EvidenceKind.OTHER),
}
"""What may be sent for each kind of file; a picture of a letter is a document."""


class Wanting(BadInput):
    """What was sent will not do; `said` tells the customer so in their language."""

    def __init__(self, said: str) -> None:
        super().__init__("form", said)
        self.said = said


@router.post("/progress/{token}")
def answer(request: Request, token: str, form: SentForm) -> Response:
    """Comes back to the page by a redirect, so that loading it again sends nothing again."""
    desk = site_of(request).desk
    number = desk.links.read(token)
    told = progress.of(desk, number)
    t = texts.of(told.case.locale)
    try:
        key = text_of(form, "question", 100)
        asked = told.need.form if told.need and told.need.form.key == key else None
        # not asked any more: pressed twice, or too late; the desk can tell
        facts, files = _read(t, asked, form) if asked else ({}, {})
        answering.customer_answers(desk, number, key, facts, _once(key, form), files)
    except Wanting as error:
        return progress_page.page(request, token, told, status=422, problems=[error.said])
    except QuestionClosed:
        return pages.render(request, "late.html", 409, t=t, token=token)
    return RedirectResponse(f"/progress/{token}?thanks", 303)


def _once(key: str, form: FormData) -> str:
    """A form that is sent twice is one answer. Bounded, whatever is written into the field."""
    word = text_of(form, "form", 200)
    return f"{key}:{hashlib.sha256(word.encode()).hexdigest()[:24]}"


def _read(t: Texts, asked: Form, form: FormData) -> tuple[Facts, Files]:
    """Raises Wanting; nothing is kept then."""
    if asked.question.wait == "offer":
        return _choice(t, form), {}
    files = {name: _files(t, asked, name, form) for name in asked.fields if name in FILES}
    given = typed(form, asked)
    for name, field in asked.fields.items():
        if name not in FILES and name in asked.required and not given[name]:
            raise Wanting(t("errors.choose" if field.values else "errors.missing", field=_label(t, name)))
    words = {name: value for name, value in given.items() if value}
    return answering.read_facts(_without_files(asked), words), files


def _without_files(asked: Form) -> Form:
    fields = {name: field for name, field in asked.fields.items() if name not in FILES}
    return Form(asked.key, asked.question, fields, asked.required & fields.keys())


def _choice(t: Texts, form: FormData) -> Facts:
    match text_of(form, "choice", 20):
        case "accept":
            return {"accepted": True}
        case "refuse":
            return {"accepted": False}
        case "counter":
            share = text_of(form, "counter", 20)
            if not (share.isascii() and share.isdigit() and 1 <= int(share) <= 100):
                raise Wanting(t("errors.not_a_number", field=t("offer.counter_label")))
            return {"accepted": False, "counter": int(share)}
        case _:
            raise Wanting(t("errors.choose", field=t("needed")))


def _files(t: Texts, asked: Form, name: str, form: FormData) -> list[SentFile]:
    """Each is looked at before any is kept."""
    files = files_of(form, name)
    kept_before = bool(asked.question.kept.get(name))
    if not files and name in asked.required and not kept_before:
        raise Wanting(t("errors.missing", field=_label(t, name)))
    for file in files:
        accepted = t("errors.accepted")
        try:
            found = evidence.check(file)
        except EvidenceRefused as error:
            raise Wanting(t(_problem(file, error), file=file.name, accepted=accepted)) from None
        if found.kind not in FITS[name]:
            raise Wanting(t("errors.wrong_kind", field=_label(t, name), file=file.name, accepted=accepted))
    return files


def _problem(file: SentFile, error: EvidenceRefused) -> str:
    if not file.content:
        return "errors.empty"
    return "errors.large" if "MB" in error.problem else "errors.kind"


def _label(t: Texts, name: str) -> str:
    return t(f"ask.{name}") if f"ask.{name}" in t else name.replace("_", " ")
