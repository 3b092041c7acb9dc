"""Ways that must not be: round and round without waiting, and to money without an approval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from makegood.core.plan import Plan, PlanStep
from makegood.core.procedure import STAY, ApproveStep, RunStep
from makegood.core.signatures import exits_of
from makegood.core.waits import waits_at

Find = Callable[..., None]
Ways = Mapping[str, tuple[str, ...]]


def check(plan: Plan, find: Find) -> None:
    """Calls `find(place, problem, mend)` for every such way."""
    loop = _loop({name: _without_waiting(planned) for name, planned in plan.steps.items()})
    if loop is not None:
        said = " -> ".join((*loop, loop[0]))
        find(("steps", loop[0]), f"goes round without waiting: {said}", "put a task or another wait into it")
    for name, way in _to_money(plan):
        problem = f"money or goods are given without an approval: {' -> '.join(way)}"
        mend = "lead every way through an `approve`, whose `when` may only ask for more than `needs_approval`"
        find(("steps", name), problem, mend)


def _without_waiting(planned: PlanStep) -> tuple[str, ...]:
    """Where a step may lead in the same instant; a wait whose days are over before it opens, at once."""
    if not waits_at(planned.step):
        return tuple(target for target, _ in exits_of(planned.step))
    timeout = getattr(planned.step, "timeout", None)
    silent = (timeout.go,) if timeout and timeout.within and not timeout.escalate else ()
    return silent + (tuple(target for _, target in planned.then) if planned.when is not None else ())


def _loop(ways: Ways) -> tuple[str, ...] | None:
    """Some circle, if there is one."""
    done: set[str] = set()
    for start in ways:
        path: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = []
        _enter(start, ways, path, stack, done)
        while stack:
            name, following = stack[-1]
            target = next(following, None)
            if target is None:
                stack.pop()
                path.pop()
                done.add(name)
            elif target in path:
                return tuple(path[path.index(target) :])
            else:
                _enter(target, ways, path, stack, done)
    return None


def _enter(
    name: str, ways: Ways, path: list[str], stack: list[tuple[str, Iterator[str]]], done: set[str]
) -> None:
    if name not in done:
        path.append(name)
        stack.append((name, iter(ways[name])))


def _to_money(plan: Plan) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each step that gives something and can be reached without coming to a gate, and the shortest way."""
    starts = [plan.procedure.start]
    starts += [b.go for branches in plan.interrupts.values() for b in branches if not b.reached]
    came: dict[str, str | None] = dict.fromkeys(name for name in starts if name in plan.steps)
    queue = list(came)
    while queue:
        name = queue.pop(0)
        planned = plan.steps[name]
        if _is_gate(planned):
            continue
        for target in (*(target for target, _ in exits_of(planned.step)), *_interrupted_after(plan, name)):
            if target not in came:
                came[target] = name
                queue.append(target)
    for name in came:
        step = plan.steps[name].step
        if isinstance(step, RunStep) and plan.contracts[step.run].gated:
            yield name, _way(came, name)


def _interrupted_after(plan: Plan, name: str) -> Iterator[str]:
    for branches in plan.interrupts.values():
        yield from (branch.go for branch in branches if name in branch.reached and branch.go != STAY)


def _is_gate(planned: PlanStep) -> bool:
    """An approval that is always asked for, or at least whenever a quote says that it is needed."""
    if not isinstance(planned.step, ApproveStep):
        return False
    when = planned.when
    if when is None:
        return True
    alternatives = [part.strip() for part in when.text.split("||")]
    return any(part.endswith(".needs_approval") and part in when.reads for part in alternatives)


def _way(came: Mapping[str, str | None], name: str) -> tuple[str, ...]:
    way = [name]
    while (before := came[way[-1]]) is not None:
        way.append(before)
    return tuple(reversed(way))
