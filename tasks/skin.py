"""What a task run of ours is: a name and a frame in the Prefect UI around one call that the leg holds."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from prefect import Task, task
from prefect.cache_policies import NO_CACHE

T = TypeVar("T")
Skin = Task[[str, str, str], None]


class StepFailed(RuntimeError):
    """What Prefect is told of a step that failed: the kind of error and its code, no provider's words."""


@dataclass(slots=True)
class _Call(Generic[T]):
    """Arguments, results and exceptions stay in here: Prefect keeps what passes through it."""

    name: tuple[str, str, str]
    make: Callable[[], T]
    results: list[T] = field(default_factory=list)
    error: Exception | None = None


_current: ContextVar[_Call[Any]] = ContextVar("makegood_call")


def skin(name: str) -> Callable[[Callable[[str, str, str], None]], Skin]:
    """A task that is never cached (FACTS 1: cached steps do not run), kept or retried by Prefect.

    What has been done is in the journal, what was returned too, and retries come from the plan.
    """
    made = task(
        name=name,
        task_run_name="{step}",
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=0,
        log_prints=False,
    )
    return cast("Callable[[Callable[[str, str, str], None]], Skin]", made)


def make_call(case: str, step: str, visit: str) -> None:
    """The body of every skin."""
    call = _current.get()
    assert call.name == (case, step, visit), "a skin makes the call that it was put on for"
    try:
        call.results.append(call.make())
    except Exception as error:  # noqa: BLE001  # handed on whole by `perform`
        call.error = error
        code = getattr(error, "code", "")
        raise StepFailed(f"{type(error).__name__} {code}".strip()) from None


def perform(skin: Skin, make: Callable[[], T], case: str, step: str, visit: str) -> T:
    """Makes the call within a task run, and hands on its own result or exception."""
    call = _Call((case, step, visit), make)
    token = _current.set(call)
    try:
        skin(case, step, visit)
    except StepFailed:
        if call.error is None:
            raise
    finally:
        _current.reset(token)
    if call.error is not None:
        raise call.error
    return call.results[0]
