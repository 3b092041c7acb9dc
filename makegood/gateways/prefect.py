"""Prefect's API as the desk needs it: start and cancel legs, see where runs stand, carry answers to forms.

Plain HTTP: importing Prefect's own client costs seconds, which the command line and the web do not have.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from makegood.gateways.outcomes import Refused, Unavailable
from makegood.gateways.prefect_runs import RUNS, STATES, Form, Given, Run, Taker, ToldState

_PAGE = 200  # Prefect's own limit
_FORMS = "suspended-"  # Prefect's prefix of a suspension's inputs
_MEND = "Start it with `make up`"


@dataclass(slots=True)
class Prefect:
    """`address` ends in `/api`; `client` is the process's, shared; `auth` is what its door asks for."""

    client: httpx.Client
    address: str
    auth: str | None = None
    taker: Taker | None = None
    _deployments: dict[str, UUID] = field(default_factory=dict)

    # legs

    def start(
        self,
        deployment: str,
        case: str | None,
        *,
        key: str,
        name: str,
        tags: Sequence[str] = (),
        batch: int | None = None,
    ) -> UUID:
        """The run of this key; a second call returns the first one's run. `deployment` is `refund/legs`.

        A flow that is about no case and no batch (the sweep) takes no parameter.
        """
        told: dict[str, str | int | None] = {"case": case, "batch": batch}
        parameters = {name: value for name, value in told.items() if value is not None}
        body: dict[str, Any] = {
            "parameters": parameters,
            "name": name,
            "tags": list(tags),
            "idempotency_key": key,
            "enforce_parameter_schema": False,  # that check is for what people enter
        }
        taker = self.taker if case is not None and self.taker and self.taker.has_room() else None
        if taker:
            body["state"] = {"type": "RUNNING", "name": "Running"}  # spares two changes of state
        for known in (True, False):
            deployment_id = self.deployment(deployment, known=known)
            answer = self._send("POST", f"/deployments/{deployment_id}/create_flow_run", json=body)
            if answer.status_code != 404:  # deployments get new ids when Prefect's database is made anew
                run = _checked(answer).json()
                if taker and answer.status_code == 201:  # 200: there was one of this key
                    taker.take(run)
                return UUID(run["id"])
        raise Refused("deployment_not_found", deployment)

    def deployment(self, name: str, *, known: bool = True) -> UUID:
        """Its id. Raises Refused("deployment_not_found") while the deployments are not applied."""
        if known and name in self._deployments:
            return self._deployments[name]
        answer = self._send("GET", f"/deployments/name/{name}")
        if answer.status_code == 404:
            raise Refused("deployment_not_found", f"{name}: apply them with `python -m flows.deployments`")
        self._deployments[name] = UUID(_checked(answer).json()["id"])
        return self._deployments[name]

    def cancel(self, run: UUID, why: str) -> bool:
        """Ends a run by our order and deletes what was entered in it. False when it had ended, or is gone."""
        known = self.runs([run]).get(run)
        if known is None:
            return False
        accepted = False
        if not known.ended:  # Prefect would let even a completed run be cancelled
            state = {"type": "CANCELLED", "name": "Cancelled", "message": why}
            answer = self._send("POST", f"/flow_runs/{run}/set_state", json={"state": state, "force": False})
            accepted = answer.status_code != 404 and _checked(answer).json()["status"] == "ACCEPT"
        self.forget(run)
        return accepted

    def bury(self, run: UUID, why: str) -> bool:
        """Marks a run Crashed whose worker is dead. False when it had ended meanwhile, or is gone."""
        state = {"type": "CRASHED", "name": "Crashed", "message": why}
        answer = self._send("POST", f"/flow_runs/{run}/set_state", json={"state": state, "force": False})
        return answer.status_code != 404 and _checked(answer).json()["status"] == "ACCEPT"

    # runs

    def runs(self, ids: Collection[UUID]) -> dict[UUID, Run]:
        """Where these stand; deleted ones are missing from the answer."""
        wanted = [str(run) for run in ids]
        pages = (wanted[n : n + _PAGE] for n in range(0, len(wanted), _PAGE))
        return {run.id: run for page in pages for run in self._page({"id": {"any_": page}}, 0)}

    def suspended(self) -> Iterator[Run]:
        """The supervisors' list, oldest first."""
        return self._all({"state": {"type": {"any_": ["PAUSED"]}, "name": {"any_": ["Suspended"]}}})

    def begun(self) -> Iterator[Run]:
        """Runs that somebody has claimed or begun, and that have not ended, oldest first."""
        return self._all({"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}})

    def ended_since(self, instant: datetime) -> Iterator[Run]:
        """Runs that ended at or after this instant of real time, in whatever way."""
        return self._all({"end_time": {"after_": instant.isoformat()}})

    # forms

    def form(self, run: Run) -> Form | None:
        """None when the run is not suspended on a question, or cannot be answered."""
        if run.type != "PAUSED" or run.form is None:
            return None
        schema = self._input(run.id, f"{_FORMS}{run.form}-schema")
        if schema is None:
            return None
        return Form(run.form, self._input(run.id, f"{_FORMS}{run.form}-description") or "", schema)

    def is_unanswerable(self, run: Run) -> bool:
        """Suspended, and every Resume would be refused: no form, or one whose schema is missing."""
        return run.type == "PAUSED" and self.form(run) is None

    def resume(self, run: UUID, answers: Mapping[str, str]) -> None:
        """Presses Resume. Raises Refused("not_resumed") when not suspended, or the answers do not fit."""
        answer = self._send("POST", f"/flow_runs/{run}/resume", json={"run_input": dict(answers)})
        if answer.status_code == 404:
            raise Refused("run_not_found", str(run))
        result = _checked(answer).json()
        if result["status"] != "ACCEPT":
            raise Refused("not_resumed", str((result.get("details") or {}).get("reason", "")))

    def given(self, run: UUID) -> Given | None:
        """What was entered in the last form that was resumed, whether or not the run got to read it."""
        answer = self._send("GET", "/flow_run_states/", params={"flow_run_id": str(run)})
        states = STATES.validate_json(_checked(answer).content) if answer.status_code != 404 else []
        states.sort(key=lambda state: state.timestamp)
        key: str | None = None
        resumed: ToldState | None = None
        for state in states:
            if state.name == "Suspended":
                key, resumed = state.state_details.pause_key, None
            elif state.name == "Resuming":
                resumed = state
        if key is None or resumed is None:
            return None
        entered = self._input(run, f"{_FORMS}{key}-response")
        if not entered:
            return None
        fields = {str(k): v if isinstance(v, str) else json.dumps(v) for k, v in entered.items()}
        words = self._input(run, f"{_FORMS}{key}-description") or ""
        fields["shown"] = hashlib.sha256(str(words).encode()).hexdigest()  # as flows/prefect_patches.py
        return Given(key, fields, resumed.timestamp)

    def forget(self, run: UUID) -> None:
        """Deletes every form of a run and what was entered in it."""
        answer = self._send("POST", f"/flow_runs/{run}/input/filter", json={"prefix": _FORMS, "limit": _PAGE})
        for entry in _checked(answer).json() if answer.status_code != 404 else ():
            deleted = self._send("DELETE", f"/flow_runs/{run}/input/{entry['key']}")
            if deleted.status_code != 404:
                _checked(deleted)

    def _input(self, run: UUID, key: str) -> Any:
        answer = self._send("GET", f"/flow_runs/{run}/input/{key}")
        return None if answer.status_code == 404 else _checked(answer).json()

    def _all(self, only: Mapping[str, Any]) -> Iterator[Run]:
        offset = 0
        while page := self._page(only, offset):
            yield from page
            offset += len(page)
            if len(page) < _PAGE:
                return

    def _page(self, only: Mapping[str, Any], offset: int) -> list[Run]:
        body = {"flow_runs": only, "limit": _PAGE, "offset": offset, "sort": "EXPECTED_START_TIME_ASC"}
        answer = _checked(self._send("POST", "/flow_runs/filter", json=body))
        return [row.run() for row in RUNS.validate_json(answer.content)]

    def _send(self, method: str, path: str, **body: Any) -> httpx.Response:
        """Every call here may be repeated: runs are created by key, states and answers are taken once."""
        headers = {"Authorization": basic(self.auth)} if self.auth else {}
        try:
            answer = self.client.request(method, f"{self.address}{path}", headers=headers, **body)
        except httpx.TransportError as error:
            raise Unavailable("Prefect", self.address, type(error).__name__, _MEND) from error
        if answer.status_code >= 500:
            raise Unavailable("Prefect", self.address, f"answered {answer.status_code}", _MEND)
        return answer


def basic(auth: str) -> str:
    """As Prefect's own client sends it: the whole of what the server was given, with or without a colon."""
    return f"Basic {base64.b64encode(auth.encode()).decode()}"


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.status_code >= 400:
        raise Refused(f"http_{answer.status_code}", answer.text[:200])
    return answer
