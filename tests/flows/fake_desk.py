"""A desk of a few lines on a real database: loads, asks, judges the code, refunds. For tests of flows.

The last letter of a case's number gives it a character: S is slow, B breaks, all others are plain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import psycopg

from flows import legs, seam
from makegood.gateways.prefect import Prefect
from makegood.gateways.prefect_runs import Taker

RIGHT_CODE = "918273"
APPROVE = {"decision": "approve", "approver": "sup-1", "code": RIGHT_CODE}
CUSTOMER = "Zdravka Nordqvist, zdravka@example.net"  # must never get into Prefect

TABLES = """
create table journal(id serial primary key, case_no text, seq int, kind text, holder text,
                     at timestamptz default clock_timestamp(), unique(case_no, seq));
create table inbox(external_id text primary key, case_no text, question text, code text, decision text,
                   at timestamptz, resumed bool, read bool default false);
create table outbox(id serial primary key, case_no text, key text, deployment text, run text);
create table calls(case_no text, step text, at timestamptz default clock_timestamp());
"""


class ProviderBroke(Exception):
    """Carries what no provider's error should."""

    code = "card_stolen"


@dataclass(frozen=True)
class Do:
    step: str
    visit: int
    action: str


class FakeDesk:
    def __init__(self, url: str, prefect_api: str) -> None:
        self.url = url.replace("+psycopg", "")
        self.prefect = Prefect(httpx.Client(), prefect_api)

    def ask(self, sql: str, *values: object) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    # what tests do

    def open(self, case: str, deployment: str = "refund/legs") -> None:
        self.ask(
            "insert into outbox(case_no, key, deployment) values (%s, %s, %s)", case, f"{case}:1", deployment
        )
        self.ask("notify fake_outbox")

    def kinds(self, case: str) -> list[str]:
        return [
            kind for (kind,) in self.ask("select kind from journal where case_no = %s order by seq", case)
        ]

    def run_of(self, case: str) -> str | None:
        rows = self.ask("select run from outbox where case_no = %s", case)
        return rows[0][0] if rows else None

    # what flows call

    def heading(self, case: str) -> seam.Heading:
        return seam.Heading("refund", "DE")

    def deliver(
        self,
        case: str,
        *,
        external_id: str,
        question: str,
        fields: Mapping[str, str],
        at: datetime,
        resumed: bool,
    ) -> None:
        self.ask(
            "insert into inbox values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            external_id, case, question, fields.get("code"), fields.get("decision"), at, resumed,
        )  # fmt: skip

    def started_by_hand(self, case: str, run: str) -> None:
        self._journal(case, "by-hand", run)

    def drive(self, case: str, holder: str, performer: seam.Performer) -> seam.Leg:
        with psycopg.connect(self.url) as lease:
            taken = lease.execute("select pg_try_advisory_xact_lock(hashtext(%s))", (case,)).fetchone()
            return self._drive(case, holder, performer) if taken == (True,) else seam.Leg("stepped_back")

    def _drive(self, case: str, holder: str, performer: seam.Performer) -> seam.Leg:
        if "loaded" not in self.kinds(case):
            performer(Do("load-order", 1, "order.load"), self._call(case, "load"))
            self._journal(case, "loaded", holder)
            self._journal(case, "asked", holder)
        for external_id, code in self.ask(
            "select external_id, code from inbox where case_no = %s and not read order by at", case
        ):
            self.ask("update inbox set read = true where external_id = %s", external_id)
            if code != RIGHT_CODE:
                self._journal(case, "asked", holder)
                continue
            self._journal(case, "approved", holder)
            performer(Do("refund", 1, "payment.refund"), self._call(case, "refund"))
            self._journal(case, "closed", holder)
        if "closed" in self.kinds(case):
            return seam.Leg("closed")
        (seq,) = self.ask("select max(seq) from journal where case_no = %s and kind = 'asked'", case)[0]
        again = "" if seq == 2 else "**The code was wrong.** Please answer again.\n\n"
        packet = f"{again}## Refund of 129.00 EUR\n\n| line | paid |\n|---|---|\n| 1 kettle | 129.00 EUR |"
        return seam.Leg("suspended", "approval", seam.Question(f"{case.lower()}-{seq}", packet))

    def hire(self, taker: Taker) -> None:
        self.prefect.taker = taker

    def drain(self) -> int:
        with psycopg.connect(self.url) as tx:
            rows = tx.execute(
                "select id, case_no, key, deployment from outbox where run is null for update skip locked"
            )
            waiting = rows.fetchall()
            for row, case, key, deployment in waiting:
                heading = self.heading(case)
                name, tags = legs.name(heading, case), legs.tags(heading)
                run = self.prefect.start(deployment, case, key=key, name=name, tags=tags)
                tx.execute("update outbox set run = %s where id = %s", (str(run), row))
            return len(waiting)

    def bulk(self, holder: str, tell: Callable[[Mapping[str, int]], None]) -> seam.Drained:
        tell({"closed": 2})
        return seam.Drained({"closed": 3, "person": 1})

    def ready(self) -> int:
        return 4

    def sweep(self) -> Mapping[str, int] | None:
        return {"timers fired": 0, "legs started": self.drain()}

    def listen(self, every: float) -> Iterator[bool]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("listen fake_outbox")
            while True:
                yield bool(list(connection.notifies(timeout=every, stop_after=1)))

    def _journal(self, case: str, kind: str, holder: str) -> None:
        self.ask(
            "insert into journal(case_no, seq, kind, holder)"
            " select %s, coalesce(max(seq), 0) + 1, %s, %s from journal where case_no = %s",
            case, kind, holder, case,
        )  # fmt: skip

    def _call(self, case: str, step: str) -> Callable[[], dict[str, str]]:
        def call() -> dict[str, str]:
            if case.endswith("B"):
                raise ProviderBroke(f"no card for {CUSTOMER}")
            if case.endswith("S"):
                time.sleep(2)
            self.ask("insert into calls(case_no, step) values (%s, %s)", case, step)
            return {"customer": CUSTOMER}

        return call
