"""The line without Prefect, web pages and processes: the desk in this process, the sandbox over HTTP."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pyotp

from makegood.core.money import Money
from makegood.desk import answering, hearing, intake, legs, questions, sweeping
from makegood.desk.desk import Desk
from makegood.desk.driving import load
from makegood.desk.evidence import SentFile
from makegood.desk.links import Links
from makegood.desk.plans import compile_all
from makegood.gateways.blobs import FolderBlobs
from makegood.gateways.http import open_client
from makegood.gateways.seller.api import seller_api
from makegood.gateways.seller.carrier import SellerCarrier
from makegood.gateways.seller.carrier_claims import SellerCarrierClaims
from makegood.gateways.seller.clock import SandboxClock
from makegood.gateways.seller.mailbox import SellerMailbox
from makegood.gateways.seller.parcels import SellerParcels
from makegood.gateways.seller.payment_links import SellerPaymentLinks
from makegood.gateways.seller.payments import SellerPayments
from makegood.gateways.seller.repairs import SellerRepairs
from makegood.gateways.seller.shipments import SellerShipments
from makegood.gateways.seller.shop import SellerShop
from makegood.gateways.seller.stock import SellerStock
from makegood.gateways.seller.warehouse import SellerWarehouse
from makegood.library import open_library
from makegood.store import cases, inbox, people, tasks
from makegood.store.models import Case
from makegood.store.people import NewPerson
from makegood.store.store import Store
from makegood.store.words import Role
from tests.acceptance.line import Standing
from tests.acceptance.pictures import photograph
from tests.acceptance.story import Answers, Plot
from tests.desk.bench import DEFINITIONS, KEY, NoEngine, perform
from tests.sandbox.serving import Listener, until

TEAM = (("sue", Role.SUPERVISOR), ("tim", Role.TEAM_LEAD), ("fay", Role.FINANCE), ("oda", Role.OPS))
CLOCK_IS_FRESH = timedelta(seconds=0.3)


def make_desk(store_url: str, sandbox: str, folder: Path) -> Desk:
    """As `wiring` makes it, over a sandbox that is served somewhere."""
    library = open_library(DEFINITIONS)
    plans, findings = compile_all(library)
    assert not findings, "\n".join(map(str, findings))
    api = seller_api(open_client(), sandbox)
    return Desk(
        store=Store(store_url, KEY),
        library=library,
        plans=plans,
        shop=SellerShop(api),
        payments=SellerPayments(api),
        warehouse=SellerWarehouse(api),
        carrier=SellerCarrier(api),
        parcels=SellerParcels(api),
        stock=SellerStock(api),
        shipments=SellerShipments(api),
        repairs=SellerRepairs(api),
        payment_links=SellerPaymentLinks(api),
        carrier_claims=SellerCarrierClaims(api),
        mailbox=SellerMailbox(api),
        blobs=FolderBlobs(folder),
        clock=SandboxClock(api, CLOCK_IS_FRESH),
        engine=NoEngine(),
        forms=NoEngine(),
        links=Links(KEY, "http://127.0.0.1:8600"),
        web_url="http://127.0.0.1:8600",
    )


class Rehearsal:
    """Fulfils `play.Line`. One-time codes are pretended to be entered a step after another."""

    def __init__(self, desk: Desk, sandbox: httpx.Client, listener: Listener) -> None:
        self.desk = desk
        self.sandbox = sandbox
        self.listener = listener
        self.heard = 0
        self.moved = False
        self.secrets: dict[str, str] = {}
        self.steps = itertools.count(int(datetime.now(UTC).timestamp()) // 30)
        for name, role in (
            ("sue", Role.SUPERVISOR),
            ("tim", Role.TEAM_LEAD),
            ("fay", Role.FINANCE),
            ("oda", Role.OPS),
        ):
            self._hire(name, role)

    def _hire(self, name: str, role: Role) -> None:
        limit = Money(minor=9_000_000, currency="EUR")
        new = NewPerson(id=name, name=name, role=role, limit=limit, markets=("all",))
        with self.desk.store.begin() as tx:
            uri = people.add(tx, new, self.desk.now()).uri
        self.secrets[name] = pyotp.parse_uri(uri).secret

    def now(self) -> datetime:
        return self.desk.now()

    def write(self, plot: Plot, external_id: str, text: str, order: str, *, typed: bool) -> tuple[str, bool]:
        buyer = plot.order["customer"]
        message = intake.Message(
            external_id=external_id,
            channel="email",
            procedure=plot.story.procedure,
            reason=plot.story.reason,
            text=text,
            order=order,
            email=buyer["email"],
            name=buyer["name"],
            locale=plot.order["locale"] if plot.story.typo else None,
            market=plot.market if plot.story.typo else None,
            units=(plot.line,) if plot.line else (),
        )
        received = intake.receive(self.desk, message, must_know_order=typed)
        return received.number, received.fresh

    def _case(self, tx: Any, number: str) -> Case:
        case = cases.by_number(tx, number)
        assert case is not None
        return case

    def answer(self, number: str, fields: Answers, photos: int) -> None:
        with self.desk.store.begin() as tx:
            state = load(tx, self._case(tx, number).id)
        assert state.question is not None
        files = {"photos": [SentFile(f"{nr}.png", photograph(nr)) for nr in range(photos)]} if photos else {}
        key = questions.key_of(number, state.question.seq)
        assert answering.customer_answers(self.desk, number, key, dict(fields), f"a-{uuid4()}", files)

    def withdraw(self, number: str, text: str) -> None:
        intake.reply(
            self.desk, number, text=text, channel="email", external_id=f"w-{number}", intent="withdraw"
        )

    def decide(self, number: str, cents: int, fields: dict[str, str], *, wrong_code: bool) -> bool:
        by = "sue" if cents <= 50_000 else "tim" if cents <= 200_000 else "fay"
        with self.desk.store.begin() as tx:
            case = self._case(tx, number)
            state = load(tx, case.id)
            assert state.question is not None
            at = datetime.fromtimestamp(next(self.steps) * 30, UTC)
            code = "000000" if wrong_code else pyotp.TOTP(self.secrets[by]).at(at)
            now = self.desk.now()
            inbox.put(
                tx,
                case.id,
                source="prefect",
                external_id=f"run-{uuid4()}",
                name="approval",
                match=questions.key_of(number, state.question.seq),
                payload={"fields": {**fields, "approver": by, "code": code}, "answered_at": at.isoformat()},
                received_at=now,
                now=now,
            )
        return True

    def why(self, number: str) -> str:
        with self.desk.store.begin() as tx:
            question = load(tx, self._case(tx, number).id).question
        return question.why if question else "nothing is asked"

    def work(self, number: str, step: str, answers: Answers) -> None:
        with self.desk.store.begin() as tx:
            mine = [
                task
                for task in tasks.of_case(tx, self._case(tx, number).id)
                if task.step == step and task.status.value == "open" and task.kind.value == "procedure"
            ]
        answering.colleague_answers(self.desk, mine[-1].id, dict(answers), "oda")

    def move_parcel(self, tracking: str, status: str) -> None:
        self.moved = True
        self.sandbox.post(f"/parcels/{tracking}/advance", json={"status": status}).raise_for_status()

    def return_of(self, order: str) -> str:
        parcels = self.sandbox.get(f"/orders/{quote(order)}").raise_for_status().json()["parcels"]
        return str([p["tracking"] for p in parcels if p["direction"] == "return"][-1])

    def pick(self, order: str, interception: str) -> None:
        path = f"/orders/{quote(order)}/pick"
        self.sandbox.post(path, json={"state": "picking", "interception": interception}).raise_for_status()

    def settle(self) -> None:
        while self._webhooks() or self._drive():
            pass

    def _webhooks(self) -> int:
        def told() -> bool:
            return all(each["sent_at"] for each in self.sandbox.get("/books").json()["webhooks"])

        if not self.moved:
            return 0
        until(told)
        self.moved = False
        new = self.listener.deliveries[self.heard :]
        self.heard += len(new)
        count = 0
        for delivery in new:
            event = delivery.event
            if event["type"] not in ("parcel.received", "parcel.delivered", "parcel.lost", "parcel.returned"):
                continue
            data = event["data"]
            report = hearing.Report(
                source="carrier",
                id=event["id"],
                name=event["type"],
                order=data["order_id"],
                match=data["tracking"],
                facts={},
                occurred_at=self.desk.now(),
            )
            hearing.hear(self.desk, report)
            count += 1
        return count

    def _drive(self) -> int:
        driven, now = 0, self.desk.now()
        for standing in sorted(self.standings(), key=lambda each: each.number):  # as the answers came
            if standing.status == "closed":
                continue
            if standing.wake_at is not None and standing.wake_at <= now:
                legs.drive(self.desk, standing.number, f"leg-{uuid4()}", perform)
                driven += 1
        return driven

    def travel(self, to: datetime) -> None:
        self.sandbox.post("/clock/advance", json={"to": to.isoformat()}).raise_for_status()
        time.sleep(CLOCK_IS_FRESH.total_seconds())
        sweeping.sweep(self.desk)

    def standings(self) -> list[Standing]:
        with self.desk.store.begin() as tx:
            rows = cases.page(tx, cases.Filter(), limit=1000)
            numbers = {row.id: row.number for row in rows}
            return [
                Standing(
                    number=row.number,
                    status=row.status.value,
                    step=row.step or "",
                    seq=row.seq,
                    outcome=row.outcome,
                    wake_at=row.wake_at,
                    called_by=numbers.get(row.called_by) if row.called_by else None,
                )
                for row in rows
            ]
