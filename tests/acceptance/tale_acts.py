"""The acts of tales: each done through the door that whoever does it would use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import quote

from tests.acceptance.figures import written
from tests.acceptance.line import Line, Standing
from tests.acceptance.pictures import film, snapshot
from tests.acceptance.story import Answers, Json
from tests.acceptance.tale import (
    Act,
    Both,
    Breaks,
    CarrierAnswers,
    Decides,
    Disputes,
    Mends,
    Parcel,
    Pays,
    Repairer,
    Says,
    Shelves,
    Warehouse,
    Withdraws,
    Works,
    Writes,
)
from tests.acceptance.tale_orders import stock_of

if TYPE_CHECKING:
    from tests.acceptance.tale_part import TalePart

ORDER = "{order}"  # in an answer: the number of the tale's order
_PURPOSES = {
    "order": ("order", "outbound"),
    "return": ("return", "return"),
    "reship": ("reship", "outbound"),
    "to-repairer": ("repair", "return"),
    "from-repairer": ("repair", "outbound"),
}
Done = Act | bool


class NothingThere(AssertionError):
    """An act needs something that the seller's books do not have."""


def play(line: Line, part: TalePart, standing: Standing, act: Act) -> Done:
    """True when it is done, False when it cannot be yet, or what is left of it for the next question."""
    number, order = standing.number, str(part.order["id"])
    match act:
        case Says():
            return _say(line, part, number, act)
        case Works():
            done = line.work(number, standing.step, _filled(act.fields, order))
            if done and act.mends:
                mend(line, part)
            return done
        case Mends():
            mend(line, part)
        case Writes():
            part.write_again(line, act)
        case Decides():
            return _decide(line, number, act)
        case Both():
            for each in act.acts:
                assert play(line, part, standing, each) is True, f"{each} cannot be done beside others"
        case Withdraws():
            line.withdraw(number, f"{part.text} Never mind.")
        case Breaks():
            part.broken.update(act.routes)
            switch(line, part)
        case Shelves():
            shelve(line, part, act)
        case Disputes():
            (payment,) = part.order["payments"]
            line.control("POST", f"/payments/{payment['id']}/dispute", {"amount": payment["authorised"]})
        case Parcel() | Repairer() | Pays() | CarrierAnswers() | Warehouse():
            _happen(line, part, number, act)
        case _:
            assert_never(act)
    return True


def _happen(
    line: Line, part: TalePart, number: str, act: Parcel | Repairer | Pays | CarrierAnswers | Warehouse
) -> None:
    order = str(part.order["id"])
    match act:
        case Parcel():
            found = [p for p in line.parcels(order) if (p["purpose"], p["direction"]) == _PURPOSES[act.which]]
            tracking = _newest(found, part, act)["tracking"]
            line.control("POST", f"/parcels/{tracking}/advance", {"status": act.status})
        case Repairer():
            rma = _newest(line.booked("repairs", order), part, act)["id"]
            currency = part.order["currency"]
            quote_ = {"minor": act.quote_minor, "currency": currency} if act.state == "quoted" else None
            line.control("POST", f"/repairs/{rma}/advance", {"state": act.state, "quote": quote_})
        case Pays():
            link = _newest(line.booked("payment_links", order), part, act)["id"]
            amount = {"minor": act.minor, "currency": part.order["currency"]} if act.minor else None
            line.control("POST", f"/payment-links/{link}/pay", {"amount": amount} if amount else None)
        case CarrierAnswers():
            claims = line.booked("carrier_claims", order)
            mine = [claim for claim in claims if str(claim["reference"]).startswith(number)] or claims
            claim = _newest(mine, part, act)["id"]
            line.control("POST", f"/carrier-claims/{claim}/decide", {"accepted": act.accepted})
        case Warehouse():
            body = {"state": act.state, "interception": act.interception or None}
            line.control("POST", f"/orders/{quote(order)}/pick", body)


def _newest(found: list[Json], part: TalePart, act: Any) -> Json:
    if not found:
        raise NothingThere(f"{part.tale.name}: {act} needs something that order {part.order['id']} has not")
    return found[-1]


def _filled(fields: Answers, order: str) -> dict[str, bool | str]:
    return {
        name: value.replace(ORDER, order) if isinstance(value, str) else value
        for name, value in fields.items()
    }


def _say(line: Line, part: TalePart, number: str, act: Says) -> bool:
    taken = line.now() if act.dated else None
    name = part.tale.name
    photos = [snapshot(f"{name} {number} {line.now()} {nr}", taken) for nr in range(act.photos)]
    if act.copies:
        if act.copies not in part.sent:
            return False
        photos = part.sent[act.copies][: max(act.photos, 1)]
    films = [film(f"{name} {number} {line.now()} {nr}") for nr in range(act.videos)]
    files = {"photos": photos, "video": films}
    answers = _filled(act.fields, str(part.order["id"]))
    line.answer(number, answers, {kind: sent for kind, sent in files.items() if sent})
    part.sent.setdefault(name, []).extend(photos)
    return True


def _decide(line: Line, number: str, act: Decides) -> Done:
    asked = line.asked(number)
    fields = {
        "decision": act.decision,
        "note": "" if act.decision == "approve" else "as agreed",
        "amount": "",
    }
    if act.decision == "adjust":
        fields["amount"] = written(asked.minor * act.percent // 100, asked.currency)
    if not line.decide(number, asked.cents, fields, wrong_code=act.wrong_code_first):
        return False
    return Decides(act.decision, act.percent) if act.wrong_code_first else True


def shelve(line: Line, part: TalePart, shelves: Shelves) -> None:
    """So many lie there from now on; how many that is more than before is remembered."""
    for sku, warehouse, units in stock_of(part.nr, part.tale, shelves):
        body = {"warehouse": warehouse, "on_hand": units}
        known = (sku, warehouse) in part.moved
        before = line.control("GET", f"/stock/{sku}")["warehouses"] if known else []
        lay = sum(shelf["on_hand"] for shelf in before if shelf["warehouse"] == warehouse)
        line.control("PUT", f"/stock/{sku}", body)
        part.moved[sku, warehouse] += units - lay


def switch(line: Line, part: TalePart) -> None:
    """What is broken for a tale fails whenever its order, or a case of its, is named."""
    for route, about in _broken(part):
        line.control("PUT", f"/faults/{route}", {"error_rate": 1, "about": about})


def mend(line: Line, part: TalePart) -> None:
    for route, about in _broken(part):
        line.control("DELETE", f"/faults/{route}?about={quote(about)}")
    part.broken.clear()


def _broken(part: TalePart) -> Iterator[tuple[str, str]]:
    """Route and what it fails about. At one step only: the keys of its effects begin with case and step."""
    for told in part.broken:
        route, _, step = told.partition("@")
        yield from ((route, f"{name}:{step}:" if step else name) for name in part.names)
