"""What Prefect's API tells of its runs and forms, in the desk's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

StateType = Literal[
    "SCHEDULED",
    "PENDING",
    "RUNNING",
    "PAUSED",
    "CANCELLING",
    "COMPLETED",
    "CANCELLED",
    "FAILED",
    "CRASHED",
]


@dataclass(frozen=True, slots=True)
class Run:
    """A flow run. `since` is when it entered `state`; `form` keys the question it is suspended on."""

    id: UUID
    name: str
    type: StateType
    state: str
    since: datetime
    case: str | None
    tags: tuple[str, ...]
    form: str | None

    @property
    def ended(self) -> bool:
        return self.type in ("COMPLETED", "CANCELLED", "FAILED", "CRASHED")


@dataclass(frozen=True, slots=True)
class Given:
    """What was entered when a run was resumed, and the server's real time. `form` keys the question."""

    form: str
    fields: Mapping[str, str]
    at: datetime


class Taker(Protocol):
    """A worker in this process, which takes the runs that are started here: Running from the first."""

    def has_room(self) -> bool:
        """Whether it would begin a run at once; without room the run is made for whoever comes."""

    def take(self, run: Mapping[str, Any]) -> None:
        """`run` as Prefect's API tells it, just made and claimed for this worker."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a person sees who presses Resume."""

    key: str
    packet: str
    schema: Mapping[str, Any]


class Details(BaseModel):
    run_input_keyset: dict[str, str] | None = None
    pause_key: str | None = None


class ToldState(BaseModel):
    type: StateType
    name: str
    timestamp: datetime
    state_details: Details = Details()


class ToldRun(BaseModel):
    id: UUID
    name: str
    state: ToldState
    tags: list[str] = []
    parameters: dict[str, Any] = {}

    def run(self) -> Run:
        case = self.parameters.get("case")
        return Run(
            id=self.id,
            name=self.name,
            type=self.state.type,
            state=self.state.name,
            since=self.state.timestamp,
            case=case if isinstance(case, str) else None,
            tags=tuple(self.tags),
            form=self.state.state_details.pause_key if self.state.state_details.run_input_keyset else None,
        )


RUNS: TypeAdapter[list[ToldRun]] = TypeAdapter(list[ToldRun])
STATES: TypeAdapter[list[ToldState]] = TypeAdapter(list[ToldState])
