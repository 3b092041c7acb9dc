"""Sessions: who is signed in at the desk, and that a form was made for them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.datastructures import FormData

from makegood.core.errors import Refusal
from makegood.store import people
from makegood.store.models import Person
from makegood.web.site import Site, site_of

COOKIE = "makegood_desk"
FIELD = "csrf"
LASTS = timedelta(hours=8)


class NotSignedIn(Refusal):
    """No session, an old one, or one of somebody who does not work here any more."""

    def __init__(self) -> None:
        super().__init__("nobody is signed in")


class FormForged(Refusal):
    """The form's token does not belong to the session that sends it."""

    def __init__(self) -> None:
        super().__init__("the form was not made for this session")


@dataclass(frozen=True, slots=True)
class Visitor:
    """`csrf` goes into every form that they are shown. Before sign-in there is no person."""

    person: Person
    csrf: str


def begin(site: Site, response: Response, person_id: str) -> None:
    """A session of eight hours, for pages of the desk only."""
    _set(site, response, _serializer(site).dumps({"person": person_id, "nonce": secrets.token_hex(8)}))


def end(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/desk")


def visitor(request: Request) -> Visitor:
    """Raises NotSignedIn. Whoever was made inactive is out with the next click."""
    site, cookie = site_of(request), request.cookies.get(COOKIE, "")
    person_id = _read(site, cookie).get("person")
    if not person_id:
        raise NotSignedIn
    with site.desk.store.begin() as tx:
        person = people.get(tx, person_id)
    if person is None or not person.active:
        raise NotSignedIn
    return Visitor(person, token(site, cookie))


def open_door(site: Site, request: Request, response: Response) -> str:
    """The token of the sign-in form, bound to a cookie that names nobody yet."""
    cookie = request.cookies.get(COOKIE, "")
    if not _read(site, cookie):
        cookie = _serializer(site).dumps({"person": "", "nonce": secrets.token_hex(8)})
        _set(site, response, cookie)
    return token(site, cookie)


def token(site: Site, cookie: str) -> str:
    return hmac.new(site.session_secret, b"csrf " + cookie.encode(), hashlib.sha256).hexdigest()


def must_be_ours(request: Request, form: FormData) -> None:
    """Raises FormForged."""
    site, cookie = site_of(request), request.cookies.get(COOKIE, "")
    given = form.get(FIELD)
    if not isinstance(given, str) or not _read(site, cookie):
        raise FormForged
    if not hmac.compare_digest(token(site, cookie).encode(), given.encode()):
        raise FormForged


def login_address(request: Request) -> str:
    """Comes back to the page that was asked for; a form that was sent comes back to the list."""
    wanted = request.url.path if request.method == "GET" else "/desk"
    return f"/desk/login?next={quote(wanted, safe='/')}"


def _set(site: Site, response: Response, cookie: str) -> None:
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(LASTS.total_seconds()),
        path="/desk",
        httponly=True,
        samesite="strict",
        secure=site.secure,
    )


def _read(site: Site, cookie: str) -> dict[str, str]:
    try:
        read = _serializer(site).loads(cookie, max_age=int(LASTS.total_seconds()))
    except BadSignature:
        return {}
    return read if isinstance(read, dict) else {}


def _serializer(site: Site) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(site.session_secret, salt="desk")


SignedIn = Annotated[Visitor, Depends(visitor)]
