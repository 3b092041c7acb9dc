"""Where we go past Prefect's documented surface: what is done instead, why, and on which version it was seen.

`suspend`, not `suspend_flow_run`: that accepts Suspended first and saves the form second; killed between,
    the run can never be resumed.
`read_answer`, not `RunInput.load`: that raises on input that does not validate, which kills the run, and
    does not know when the answer was given. A worker of ours has been told the state that a run was taken
    from (`taken_from`); that spares the request for all its states.
`lighten` takes out of the engine, for our long-lived worker:
    the suspension observer: a thread, an event loop and a websocket for each run;
    heartbeats: a thread for each run that takes up to 1 s to end; whether a leg lives is told by its
    lease in the ticket store;
    the server's default for results: a request for each run, to learn where results go; ours go nowhere.

tests/flows/test_prefect_patches.py fails when one of them no longer applies.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, NoReturn
from uuid import UUID

import prefect.flow_engine
import prefect.results
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import Pause, PrefectHTTPStatusError
from prefect.input import RunInput, keyset_from_paused_state
from prefect.input.run_input import keyset_from_base_key
from prefect.states import Suspended
from prefect.utilities.engine import propose_state_sync

SEEN_ON = "3.8.8"

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")  # an underscore makes a run that cannot be resumed with input
_FORMS = "suspended-"  # Prefect's prefix of a suspension's inputs


@contextmanager
def _nothing(*_: object, **__: object) -> Iterator[None]:
    yield


LIGHTENED: tuple[tuple[ModuleType, str, Callable[..., object]], ...] = (
    (prefect.flow_engine, "observe_flow_run_suspension", _nothing),
    (prefect.flow_engine, "_send_heartbeats", _nothing),
    (prefect.results, "_read_server_default_result_storage_block_id", lambda: None),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What the server told of a run that a worker took: its state's name, and when it was due."""

    state: str | None
    due: datetime | None


_FRESH = timedelta(seconds=30)
"""A Resume makes the run due at the instant at which it was pressed. Whoever reaches the API could set
another one, so what is longer past is not believed, and the server's own times are read."""

_TAKEN_FROM: ContextVar[Taken | None] = ContextVar("what this thread's run was taken from")


class KeyMalformed(ValueError):
    """A suspension's key is lower-case letters and digits, joined by dashes."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key!r} cannot key a suspension: lower-case letters, digits and dashes only")
        self.key = key


class NotSuspended(RuntimeError):
    """The server refused the suspension: the run was cancelled, or has asked this question before."""

    def __init__(self, key: str, state: str) -> None:
        super().__init__(f"the run is {state} instead of suspended on {key}")
        self.key = key
        self.state = state


@dataclass(frozen=True, slots=True)
class Answer:
    """What was entered, as it was entered. `at` is the server's real time, not the case's clock.

    `fields` has, under `shown`, the digest of the words that stood above the form. `resumed` is False when
    the run left its suspension in another way than through Resume (a state set by hand); `fields` is empty
    then, and when nothing was entered.
    """

    run: UUID
    key: str
    fields: dict[str, str]
    at: datetime
    resumed: bool


def suspend(run_id: UUID, form: type[RunInput], key: str, artifact: str | None = None) -> NoReturn:
    """Ends this run's process until somebody resumes it; safe to be killed at any line and to be repeated.

    The words above the form are kept beside the run, too, as an artifact of this key: the form goes with its
    answer, and the artifact stays.

    The form is there before the state that needs it. Raises `Pause`, which is no `Exception`.
    """
    if not _KEY.fullmatch(key):
        raise KeyMalformed(key)
    state: State[Any] = Suspended(pause_key=key, message="waits for an approval")
    keyset = keyset_from_paused_state(state)
    state.state_details.run_input_keyset = dict[str, str](**keyset)
    words = form._description or ""
    with get_client(sync_client=True) as client:
        if artifact is not None:
            told = ArtifactCreate(key=artifact, type="markdown", data=words, flow_run_id=run_id)
            client.create_artifact(told)
        _keep(client, run_id, keyset["description"], words)
        _keep(client, run_id, keyset["schema"], form.model_json_schema(by_alias=True))
        state = propose_state_sync(client, state, flow_run_id=run_id)
    if not state.is_paused():
        raise NotSuspended(key, state.name or state.type.value)
    raise Pause(state=state)


def taken(run: FlowRun) -> Taken:
    """Before it is claimed."""
    return Taken(run.state_name, run.next_scheduled_start_time)


@contextmanager
def taken_from(taken: Taken | None) -> Iterator[None]:
    """Around a run: what it was before the worker claimed it."""
    token = _TAKEN_FROM.set(taken)
    try:
        yield
    finally:
        _TAKEN_FROM.reset(token)


def read_answer(run: FlowRun) -> Answer | None:
    """The answer to this run's latest question; None when it never asked one. Reading it changes nothing."""
    keys = run.empirical_policy.pause_keys
    if not keys:
        return None
    taken = _TAKEN_FROM.get(None)
    with get_client(sync_client=True) as client:
        if taken is not None and (pressed := _just_pressed(taken)) is not None:
            # straight out of the suspension, so it answers the question that was asked last
            key = max(keys, key=_asked_as)
            return Answer(run.id, key, _entered(client, run.id, key), pressed, resumed=True)
        states = sorted(client.read_flow_run_states(run.id), key=lambda state: state.timestamp)
        asked = max((n for n, state in enumerate(states) if _is_suspended(state)), default=None)
        if asked is None or asked + 1 == len(states):
            return None
        key = states[asked].state_details.pause_key or ""
        left = states[asked + 1 :]
        resuming = [state for state in left if state.name == "Resuming"]
        fields = _entered(client, run.id, key) if resuming else {}
        at = (resuming or left)[-1 if resuming else 0].timestamp
    return Answer(run.id, key, fields, at, resumed=bool(resuming))


def forget_answer(run_id: UUID, key: str) -> None:
    """Deletes what was entered, notes and codes included; twice is no error.

    The form stays until its run goes: it has nothing personal, and two requests more for each answer had.
    """
    with get_client(sync_client=True) as client:
        try:
            client.delete_flow_run_input(run_id, keyset_from_base_key(f"{_FORMS}{key}")["response"])
        except PrefectHTTPStatusError as error:
            if error.response.status_code != 404:
                raise


def lighten() -> None:
    """Takes out what Prefect's engine sets up for each run and no leg needs. For long-lived workers only."""
    for module, name, instead in LIGHTENED:
        setattr(module, name, instead)


def _keep(client: SyncPrefectClient, run_id: UUID, name: str, value: object) -> None:
    """Saves an input that may be there already, from a leg that was killed here; it is the same then."""
    try:
        client.create_flow_run_input(run_id, name, json.dumps(value))
    except PrefectHTTPStatusError as error:
        if error.response.status_code != 409:
            raise


def _entered(client: SyncPrefectClient, run_id: UUID, key: str) -> dict[str, str]:
    """With the digest of the words that stood above the form: whoever reaches the API can change them."""
    keys = keyset_from_base_key(f"{_FORMS}{key}")
    found = client.filter_flow_run_input(run_id, f"{_FORMS}{key}-", limit=len(keys), exclude_keys=set())
    values = {each.key: each.value for each in found}
    entered = json.loads(values.get(keys["response"], "null"))
    if not entered:
        return {}
    fields = {str(k): v if isinstance(v, str) else json.dumps(v) for k, v in entered.items()}
    shown = str(json.loads(values.get(keys["description"], '""')))
    return fields | {"shown": hashlib.sha256(shown.encode()).hexdigest()}


def _just_pressed(taken: Taken) -> datetime | None:
    if taken.state != "Resuming" or taken.due is None:
        return None
    return taken.due if timedelta() <= datetime.now(UTC) - taken.due < _FRESH else None


def _asked_as(key: str) -> int:
    """The number of the journal's event that asked: `mg-2026-000123-17` is 17."""
    number = key.rpartition("-")[2]
    return int(number) if number.isdecimal() else -1


def _is_suspended(state: State[Any]) -> bool:
    return state.type == StateType.PAUSED and state.name == "Suspended"
