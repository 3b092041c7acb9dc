"""Files of a case at the desk."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from makegood.web import pictures
from makegood.web.case_page import seen
from makegood.web.sessions import SignedIn
from makegood.web.site import site_of

router = APIRouter(prefix="/desk/cases")


@router.get("/{number}/files/{file}/{size}")
def show(request: Request, visitor: SignedIn, number: str, file: int, size: pictures.Size) -> Response:
    site = site_of(request)
    return pictures.answer(site, seen(site, visitor, number).number, file, size)
