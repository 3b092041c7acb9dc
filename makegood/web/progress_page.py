"""The progress page: a customer's own case, by a signed link, in their language and time zone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from makegood.core import language
from makegood.core.money import Money
from makegood.desk import progress
from makegood.desk.progress import Need, Offer, Progress
from makegood.store.models import Evidence
from makegood.web import forms, pages, pictures, texts
from makegood.web.site import Site, site_of
from makegood.web.texts import Texts

router = APIRouter()


@router.get("/progress/{token}")
def show(request: Request, token: str) -> Response:
    """410 for an expired link, 403 for a forged one: see `errors`."""
    site = site_of(request)
    return page(request, token, progress.of(site.desk, site.desk.links.read(token)))


def page(
    request: Request, token: str, told: Progress, *, status: int = 200, problems: Sequence[str] = ()
) -> Response:
    """`problems` are said above the form that they are about."""
    site, case, t = site_of(request), told.case, texts.of(told.case.locale)
    speech = Speech(t, case.locale, case.zone)
    return pages.render(
        request,
        "progress.html",
        status,
        t=t,
        s=speech,
        told=told,
        token=token,
        problems=problems,
        thanks="thanks" in request.query_params,
        is_drawn=pictures.is_drawn,
        seller=site.desk.seller_name,
        base=site.desk.web_url,
        zone=get_timezone_location(case.zone, locale=speech.manner, return_city=True),
        outcome=t.either(f"outcomes.{case.outcome}", "outcomes.other"),
        fields=_fields(t, told.need) if told.need else [],
        offered=_offered(speech, told.need.offer) if told.need and told.need.offer else "",
        talk=talk(told),
        form=secrets.token_urlsafe(12),
    )


class Speech:
    """Dates and money in the manner of the customer's region, where the page is in its language."""

    def __init__(self, t: Texts, locale: str, zone: str) -> None:
        manner = locale if language.same(locale, t.locale) else t.locale
        self.manner = manner.replace("-", "_")
        self._locale, self._zone = manner, zone

    def time(self, at: datetime) -> str:
        return language.say_time(at, self._zone, self._locale)

    def day(self, at: datetime) -> str:
        return language.say_day(at.astimezone(ZoneInfo(self._zone)).date(), self._locale)

    def money(self, money: Money) -> str:
        return money.format(self._locale)


def _fields(t: Texts, need: Need) -> list[dict[str, object]]:
    """A field that a procedure has added speaks by its own name until it is translated."""
    shown = forms.shown(need.form.fields, need.form.required)
    for field in shown:
        name = str(field["name"])
        field["label"] = t(f"ask.{name}") if f"ask.{name}" in t else field["label"]
        field["said"] = [_said(t, str(value)) for value in need.form.fields[name].values]
        field["hint"] = t(f"ask.{name}_hint") if f"ask.{name}_hint" in t else ""
    return shown


def _said(t: Texts, value: str) -> str:
    return t(f"choice.{value}") if f"choice.{value}" in t else value.replace("_", " ")


def _offered(speech: Speech, offer: Offer) -> str:
    t = texts.of(speech.manner.replace("_", "-"))
    if offer.remedy == "partial_refund":
        amount = speech.money(offer.amount) if offer.amount else ""
        if not amount:
            return t("offer.keep_share", share=offer.share)
        return t("offer.return_first" if offer.return_required else "offer.keep", amount=amount)
    return t.either(f"offer.{offer.remedy}", "offer.other")


def talk(told: Progress) -> list[tuple[datetime, object]]:
    """Messages, and files that came without one, in their order."""
    said: list[tuple[datetime, object]] = [(message.at, message) for message in told.thread]
    by_time: dict[datetime, list[Evidence]] = {}
    for file in told.files:
        by_time.setdefault(file.received_at, []).append(file)
    said += list(by_time.items())
    return sorted(said, key=lambda each: each[0])


@router.get("/progress/{token}/label")
def label(request: Request, token: str) -> Response:
    """To where the carrier keeps it: looked up when it is wanted."""
    desk = site_of(request).desk
    address = progress.label_address(desk, desk.links.read(token))
    if address is None or not address.startswith(("https://", "http://")):
        raise HTTPException(404, "there is no label")
    return RedirectResponse(address, 303)


@router.get("/progress/{token}/files/{file}/{size}")
def file(request: Request, token: str, file: int, size: pictures.Size) -> Response:
    """A file of this case; of no other."""
    site: Site = site_of(request)
    return pictures.answer(site, site.desk.links.read(token), file, size)
