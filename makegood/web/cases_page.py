"""The list of cases: those of the colleague's markets, newest first, a page at a time."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from makegood.core.errors import BadInput
from makegood.store import cases
from makegood.store.cases import Filter
from makegood.store.models import Case, Person
from makegood.store.words import CaseStatus
from makegood.web import access, pages
from makegood.web.sessions import SignedIn
from makegood.web.site import site_of

router = APIRouter(prefix="/desk")

ON_A_PAGE = 50


@router.get("")
@router.get("/cases")
def show(
    request: Request,
    visitor: SignedIn,
    status: str = "",
    market: str = "",
    procedure: str = "",
    mine: str = "",
    after: str = "",
) -> Response:
    """`after` is where the page before ended."""
    site = site_of(request)
    wanted = _filter(visitor.person, status, market, procedure, mine)
    rows: list[Case] = []
    if wanted is not None:
        with site.desk.store.begin() as tx:
            rows = cases.page(tx, wanted, _place(after), ON_A_PAGE + 1)
    chosen = {"status": status, "market": market, "procedure": procedure, "mine": mine}
    return pages.render(
        request,
        "cases.html",
        visitor=visitor,
        rows=rows[:ON_A_PAGE],
        chosen=chosen,
        more=_more(chosen, rows),
        statuses=[each.value for each in CaseStatus],
        markets=access.markets_of(visitor.person) or site.desk.library.markets,
        procedures=sorted(site.desk.plans.current),
        now=site.desk.now(),
    )


def _filter(person: Person, status: str, market: str, procedure: str, mine: str) -> Filter | None:
    """None where there is nothing that this person may see."""
    own = access.markets_of(person)
    if own is not None and (not own or (market and market not in own)):
        return None
    return Filter(
        status=next((each for each in CaseStatus if each.value == status), None),
        owner=person.id if mine else None,
        procedure=procedure or None,
        markets=(market,) if market else own or (),
    )


def _more(chosen: dict[str, str], rows: list[Case]) -> str:
    if len(rows) <= ON_A_PAGE:
        return ""
    last = rows[ON_A_PAGE - 1]
    place = {"after": f"{last.opened_at.isoformat()}|{last.id}"}
    return "/desk?" + urlencode({key: value for key, value in chosen.items() if value} | place)


def _place(after: str) -> tuple[datetime, int] | None:
    if not after:
        return None
    at, _, number = after.partition("|")
    try:
        instant, row = datetime.fromisoformat(at), int(number)
    except ValueError:
        instant, row = datetime.min, 0  # noqa: DTZ901  # refused just below
    if instant.tzinfo is None:
        raise BadInput("after", "is no place in the list", "the address of the next page")
    return instant, row
