"""The real line: Prefect, PostgreSQL, pages, command line and sandbox, each through its front door."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import httpx

from makegood.core.simulation import Journal
from tests.acceptance import pages
from tests.acceptance.line import Asked, Claim, Files, Standing
from tests.acceptance.pages import DeskPages
from tests.acceptance.story import Answers, Json
from tests.acceptance.team import MADE_UP, Team
from tests.acceptance.trouble import WEBHOOKS_OF
from tests.acceptance.watching import Watch, booked, parcels
from tests.instance import Instance, until

INTAKE_SECRET, WEBHOOK_SECRET = "acceptance-intake", "acceptance-webhook"
TYPED = 8  # so many tasks are answered at the command line: each costs a process
PATIENCE = 600.0  # seconds in which the line comes to rest


class RealLine:
    """Fulfils `line.Line`. `say` is told what takes its time."""

    def __init__(self, instance: Instance, say: Callable[[str], None]) -> None:
        told = instance.addresses
        self.instance = instance
        self.say = say
        self.shop = httpx.Client(base_url=told["sandbox"], timeout=30)
        self.web = httpx.Client(base_url=told["web"], timeout=30)
        self.prefect = httpx.Client(base_url=told["prefect_api"], timeout=30)
        self.watch = Watch(instance)
        self.team = Team(instance)
        self.desks: dict[str, DeskPages] = {}
        self.typed = 0
        self.asked_of: defaultdict[str, set[str]] = defaultdict(set)  # who answered, by case
        self.sweeps = self._get(self.prefect, "/deployments/name/sweep/sweep")["id"]

    def close(self) -> None:
        for client in (self.shop, self.web, self.prefect):
            client.close()
        for desk in self.desks.values():
            desk.close()
        self.watch.close()

    def now(self) -> datetime:
        return datetime.fromisoformat(self._get(self.shop, "/clock")["now"])

    # customers

    def write(self, claim: Claim, external_id: str, text: str, *, typed: bool) -> tuple[str, bool]:
        if typed:
            return self._typed(claim, external_id, text)
        body = {
            "external_id": external_id,
            "channel": "email",
            "procedure": claim.procedure,
            "reason": claim.reason,
            "order": claim.order,
            "email": claim.buyer["email"],
            "text": text,
            "units": list(claim.units),
        }
        if claim.stranger:
            body |= {"name": claim.buyer["name"], "market": claim.market, "locale": claim.locale}
        told = pages.post_signed(self.web, "/intake", body, INTAKE_SECRET)
        return str(told["case"]), bool(told["fresh"])

    def _typed(self, claim: Claim, external_id: str, text: str) -> tuple[str, bool]:
        given = {
            "order": claim.order,
            "procedure": claim.procedure,
            "reason": claim.reason,
            "channel": "email",
            "external-id": external_id,
            "text": text,
            "units": ",".join(claim.units),
        }
        options = [word for name, value in given.items() if value for word in (f"--{name}", value)]
        told = self.instance.json("case", "open", *options)
        return str(told["case"]), bool(told["fresh"])

    def answer(self, number: str, fields: Answers, files: Files) -> None:
        letters = self._get(self.shop, f"/messages?case={number}")
        pages.answer_on(self.web, pages.link_in(letters), fields, files)

    def withdraw(self, number: str, text: str) -> None:
        event = {
            "id": f"withdrawal-of-{number}",
            "type": "customer.replied",
            "occurred_at": self.now().isoformat(),
            "data": {"case": number, "text": text, "intent": "withdraw"},
        }
        pages.post_signed(self.web, "/webhooks/reply", event, WEBHOOK_SECRET)

    # colleagues

    def asked(self, number: str) -> Asked:
        return self.watch.asked(number)

    def decide(self, number: str, cents: int, fields: dict[str, str], *, wrong_code: bool) -> bool:
        """By Prefect's API, as its Resume button does."""
        run = self._suspended(number)
        device = self.team.device_for(cents, self.asked_of[number])
        if device is None:
            return False
        person, code = device[0], MADE_UP if wrong_code else device[1]
        self.asked_of[number].add(person.id)
        answer = {**fields, "approver": person.id, "code": code}
        told = self._post(self.prefect, f"/flow_runs/{run}/resume", {"run_input": answer})
        assert told["status"] == "ACCEPT", f"{number}: Prefect refuses to resume: {told}"
        return True

    def why(self, number: str) -> str:
        return self.watch.why(number)

    def _suspended(self, number: str) -> str:
        def look() -> str | None:
            body = {"flow_runs": {"state": {"name": {"any_": ["Suspended"]}}}, "limit": 200}
            runs = self._post(self.prefect, "/flow_runs/filter", body)
            return next((run["id"] for run in runs if run["parameters"].get("case") == number), None)

        return str(until(f"a suspended run of {number}", look, 20))

    def work(self, number: str, step: str, answers: Answers) -> bool:
        found = self.watch.task(number, step)
        if found is None:
            return False
        task, role = found
        person = self.team.at_desk(role)
        if self.typed < TYPED:
            self.typed += 1
            listed = self.instance.json("task", "list", "--role", role)
            assert any(row["id"] == task and row["case"] == number for row in listed)
            given = [f"{name}={_word(value)}" for name, value in answers.items() if value != ""]
            self.instance.run("task", "done", str(task), "--as", person.id, *given)
            return True
        if role not in self.desks:
            self.desks[role] = DeskPages(self.instance.addresses["web"], person)
        self.desks[role].do(task, number, answers)
        return True

    # the world

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.shop.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def booked(self, book: str, order: str) -> list[Json]:
        return booked(self.watch.sandbox, book, order)

    def parcels(self, order: str) -> list[Json]:
        return parcels(self.watch.sandbox, order)

    def tell_twice(self) -> None:
        """From now on the seller's systems send each webhook two times, as such systems do."""
        for route in WEBHOOKS_OF:
            self.control("PUT", f"/faults/{route}", {"duplicate_webhooks": True})

    # time

    def travel(self, to: datetime) -> None:
        """The clock, then the sweep: by its deployment, until it has woken all that is due."""
        self.control("POST", "/clock/advance", {"to": to.isoformat()})
        time.sleep(0.6)  # other processes look at the clock twice a second
        deadline = time.monotonic() + PATIENCE
        while True:
            run = self._post(self.prefect, f"/deployments/{self.sweeps}/create_flow_run", {})
            state = until("the sweep", partial(self._ended, run["id"]), PATIENCE, 0.2)
            assert state == "COMPLETED", f"the sweep ended {state}"
            self.settle()
            if not self.watch.unwoken(self.now()):
                return
            assert time.monotonic() < deadline, "the sweep leaves cases asleep that are due"

    def _ended(self, run: str) -> str | None:
        state = self._get(self.prefect, f"/flow_runs/{run}")["state"]["type"]
        return state if state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

    def settle(self) -> None:
        """No webhook, outbox row, unread arrival, running case or leg; twice in a row."""
        deadline, quiet, since = time.monotonic() + PATIENCE, 0, time.monotonic()
        while quiet < 2:
            moving = self.watch.moving() or self._legs()
            quiet = 0 if moving else quiet + 1
            assert time.monotonic() < deadline, f"the line does not come to rest: {moving}"
            time.sleep(0.25)
        self.team.all_read()
        if time.monotonic() - since > 5:
            self.say(f"the line moved for {time.monotonic() - since:.0f} s")

    def _legs(self) -> str:
        states = ["SCHEDULED", "PENDING", "RUNNING", "CANCELLING"]
        body = {
            "flows": {"name": {"any_": ["refund", "cancel", "procedure"]}},
            "flow_runs": {"state": {"type": {"any_": states}}},
        }
        count = self._post(self.prefect, "/flow_runs/count", body)
        return f"{count} legs in Prefect" if count else ""

    def standings(self) -> list[Standing]:
        return self.watch.standings()

    def journals(self) -> list[tuple[str, Journal]]:
        return self.watch.journals()

    def _get(self, client: httpx.Client, path: str) -> Any:
        return client.get(path).raise_for_status().json()

    def _post(self, client: httpx.Client, path: str, body: Any) -> Any:
        answer = client.post(path, json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()


def _word(value: bool | str) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
