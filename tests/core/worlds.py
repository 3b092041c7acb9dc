"""Plans of the real procedure files, and a world in which all goes well unless a test says otherwise."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from makegood.core import durations
from makegood.core import events as ev
from makegood.core.compilation import compile_plan
from makegood.core.draft import Rows
from makegood.core.durations import Unit
from makegood.core.facts import Facts
from makegood.core.findings import Finding
from makegood.core.plan import Plan
from makegood.core.reading import read_procedure
from makegood.core.simulation import Journal, begin, fold, run
from makegood.core.state import State
from makegood.core.world import Done, Happening, Outcome, Reply, Script

SOPS = Path(__file__).parents[2] / "sop_definitions"
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class OpenAlways:
    """Every hour is a business hour: what these tests show does not depend on holidays."""

    def add(self, start: datetime, duration: str, calendar: str) -> datetime:
        length = durations.parse(duration)
        if length.unit is Unit.BUSINESS_DAYS:
            return start + timedelta(days=length.amount)
        return start + length.span


def lines_of(node: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    """Where each key of a round-trip YAML document stands."""
    found: dict[tuple[str, ...], int] = {}
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        place = (*path, str(key))
        found[place] = (node.lc.key(key) if isinstance(node, Mapping) else node.lc.item(key))[0] + 1
        found |= lines_of(value, place)
    return found


def rows_of(text: str) -> Rows:
    return [(number, cells) for number, cells in enumerate(csv.reader(text.splitlines()), start=1) if cells]


TABLES: dict[str, Rows] = {
    path.stem: rows_of(path.read_text(encoding="utf-8")) for path in (SOPS / "remedies").glob("*.csv")
}
NAMES = frozenset(path.stem for path in (SOPS / "procedures").glob("*.yaml"))
LETTERS = frozenset(path.name for path in (SOPS / "messages").iterdir() if path.name[0] != "_")


def compiled(text: str, tables: Mapping[str, Rows] = TABLES) -> tuple[Plan | None, list[Finding]]:
    """A procedure's text as a plan, or what is wrong with it."""
    data = YAML(typ="rt").load(text)
    lines = lines_of(data)
    procedure, findings = read_procedure(data, "test.yaml", lines)
    if procedure is None:
        return None, findings
    return compile_plan(
        procedure, tables, OpenAlways(), file="test.yaml", lines=lines, messages=LETTERS, procedures=NAMES
    )


def planned(text: str, tables: Mapping[str, Rows] = TABLES) -> Plan:
    plan, findings = compiled(text, tables)
    assert plan is not None, "\n".join(map(str, findings))
    return plan


@functools.cache
def plan_of(name: str) -> Plan:
    return planned((SOPS / "procedures" / f"{name}.yaml").read_text(encoding="utf-8"))


CASE: Facts = {
    "case.reason": "changed_mind",
    "case.market": "DE",
    "case.channel": "form",
    "case.tier": "standard",
    "case.locale": "de-DE",
    "case.has_order": True,
    "case.units": 0,
    "case.unit_refs": "",
    "ledger.paid": False,
    "ledger.paid_minor": 0,
    "ledger.shipped": False,
}

DELIVERED: Facts = {
    "status": "delivered",
    "fulfilment": "delivered",
    "payment": "captured",
    "currency": "EUR",
    "paid_minor": 4490,
    "claim_minor": 3990,
    "claim_house_minor": 3990,
    "units": 2,
    "whole": True,
    "category": "kitchen",
    "delivered": True,
    "days_since_delivery": 4,
    "outbound_tracking": "OUT1",
}
SHIPPED: Facts = DELIVERED | {"status": "shipped", "fulfilment": "shipped", "delivered": False}
PLACED: Facts = SHIPPED | {"status": "placed", "fulfilment": "not_started", "outbound_tracking": ""}
AUTHORISED: Facts = PLACED | {"payment": "authorised"}

ENTITLED: Facts = {
    "entitled": True,
    "goodwill": False,
    "verified": True,
    "basis": "withdrawal",
    "return_freight": "customer",
    "outbound_freight_refunded": True,
    "fault": "customer",
    "window_closes_on": "2026-12-03",
    "why": "withdrawal-open",
    "source": "BGB 355",
}
TOO_LATE: Facts = ENTITLED | {"entitled": False, "basis": "none", "why": "window-closed"}

QUOTE: Facts = {
    "amount_minor": 4490,
    "goods_minor": 3990,
    "freight_minor": 500,
    "house_minor": 4490,
    "needs_approval": False,
}
PAID: Facts = {"ledger.paid": True, "ledger.paid_minor": 4490}

NEAR: Facts = {"found": True, "place": "overseas", "warehouse": "DE1", "delivery_days": 3}
AT_HOME: Facts = {"found": True, "place": "domestic", "warehouse": "CN1", "delivery_days": 12}
NOWHERE: Facts = {"found": False, "place": "none", "warehouse": "", "delivery_days": 0}
WARRANTY: Facts = {
    "in_warranty": True,
    "basis": "conformity",
    "ends_on": "2027-11-23",
    "repair_days": 30,
    "verified": True,
}
PROOF: Facts = {
    "files": 2,
    "dated_by_file": 2,
    "dated_by_word": 0,
    "in_window": True,
    "seen_elsewhere": False,
}

USUAL: dict[str, Outcome] = {
    "order.load": Done(DELIVERED),
    "order.attach": Done({"found": True}),
    "customer.history": Done({"claims_90d": 0, "given_90d_house_minor": 0}),
    "policy.judge": Done(ENTITLED),
    "remedy.quote": Done(QUOTE),
    "remedy.deduct": Done({"amount_minor": 4490, "deducted_minor": 0}),
    "payment.refund": Done({"refunded_minor": 4490, "refunds": 1}, PAID),
    "payment.by_hand": Done({"recorded_minor": 4490}, PAID),
    "payment.void": Done({"voided_minor": 4490}, {"ledger.paid": True}),
    "order.cancel": Done({"result": "cancelled"}),
    "warehouse.hold": Done({"result": "held"}),
    "warehouse.release": Done(),
    "warehouse.intercept": Done({"result": "stopped"}),
    "parcel.return_label": Done({"tracking": "RET1", "cost_minor": 450}),
    "parcel.void_label": Done(),
    "parcel.recall": Done({"accepted": True}),
    "stock.find": Done(NEAR),
    "reship.send": Done({"tracking": "NEW1", "shipment": "S1"}, {"ledger.shipped": True}),
    "reship.cancel": Done(),
    "reship.write_off": Done({"released": True}),
    "warranty.check": Done(WARRANTY),
    "repair.open": Done({"rma": "RMA1", "tracking": "REP1"}),
    "repair.cancel": Done(),
    "repair.approve": Done(),
    "repair.return_unrepaired": Done(),
    "payment.link": Done({"link": "PAY1", "url": "https://pay.example/PAY1"}),
    "evidence.check": Done(PROOF),
    "claims.repeat": Done({"sku_30d": 1, "lane_30d": 1, "repeats": False}),
    "claim.file": Done({"claim": "CLM1", "answer_by_days": 30}),
}


def answer(after: timedelta = HOUR, **facts: bool | int | str) -> Reply:
    return Reply(after, facts)


def approved(amount: int = 4490, decision: str = "approved", after: timedelta = HOUR) -> Reply:
    return Reply(after, {"decision": decision, "amount_minor": amount}, by="sup-1")


RETURNED = Happening(5 * DAY, "parcel.received", "RET1", {"units": 1})
AS_NEW = {"inspection": answer(condition="as_new", note="")}


def script(
    outcomes: Mapping[str, Outcome | Sequence[Outcome]] | None = None,
    answers: Mapping[str, Reply | Sequence[Reply]] | None = None,
    *happenings: Happening,
) -> Script:
    return Script({**USUAL, **(outcomes or {})}, answers or {}, happenings)


def simulate(
    name: str | Plan, world: Script, *, lag: timedelta = timedelta(), **case: bool | int | str
) -> Journal:
    """`case` overrides the case's own facts, without their prefix."""
    plan = plan_of(name) if isinstance(name, str) else name
    facts = CASE | {f"case.{key}": value for key, value in case.items()}
    return run(plan, begin(plan, facts, START), world, lag=lag)


def way(journal: Journal) -> list[str]:
    """The steps that the case came to, in turn."""
    return [go for entry in journal if (go := getattr(entry.event, "go", ""))]


def end(journal: Journal) -> State:
    return fold(journal)


def of_kind(journal: Journal, *kinds: str) -> list[Any]:
    return [entry.event for entry in journal if entry.event.kind in kinds]


def letters(journal: Journal, plan: Plan) -> list[str]:
    """The letters that were to go out, by name, in turn, however often each was tried."""
    found: dict[str, str] = {}
    for event in (entry.event for entry in journal):
        if isinstance(event, ev.EffectIntended) and event.action == "message.send":
            step = plan.steps[event.step].step
            name = getattr(step, "send", None) or getattr(step, "message", "")
            found.setdefault(event.key, "reminder" if event.suffix.startswith("remind") else name)
    return list(found.values())
