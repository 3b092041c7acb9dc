"""Whether a plan can be trusted: targets exist, steps are reached, facts are written before they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from makegood.core import loops
from makegood.core.expressions import Expression
from makegood.core.facts import BUILT_IN
from makegood.core.plan import Plan, PlanStep
from makegood.core.procedure import STAY, CloseStep, RunStep
from makegood.core.signatures import exits_of

Find = Callable[..., None]
_MEND = "say what the fact is on the other ways here, with `absent:` at the step that writes it"


def check(plan: Plan, find: Find) -> None:
    """Calls `find(place, problem, mend)` for everything that is wrong."""
    if not _targets_exist(plan, find):
        return
    known = facts_at(plan)
    for name in plan.steps:
        if name not in known:
            find(("steps", name), "is never reached", "lead to it or remove it")
    for name, facts in known.items():
        _reads_are_known(plan, name, facts, find)
    for event, branches in plan.interrupts.items():
        for branch in branches:
            if branch.when and (missing := branch.when.reads - BUILT_IN.keys()):
                problem = f"reads {min(missing)}, which may be absent at that moment"
                find(("interrupts", event), problem, "use case.*, ledger.* or `reached`")
    closing = _reach_a_close(plan)
    for name in known.keys() - closing:
        find(("steps", name), "no close can be reached from here", "give it a way to an outcome")
    loops.check(plan, find)


def _targets_exist(plan: Plan, find: Find) -> bool:
    steps = f"steps: {', '.join(plan.steps)}"
    missing: list[tuple[tuple[str, ...], str]] = []
    if plan.procedure.start not in plan.steps:
        missing.append((("start",), plan.procedure.start))
    for name, planned in plan.steps.items():
        targets = [target for target, _ in exits_of(planned.step)]
        if isinstance(planned.step, RunStep):
            targets += planned.step.undo_until
        if since := getattr(getattr(planned.step, "timeout", None), "since", None):
            targets.append(since)
        missing += [(("steps", name), target) for target in targets if target not in plan.steps]
        if isinstance(planned.step, CloseStep) and planned.when is not None:
            find(("steps", name, "when"), "a close cannot be passed over", "branch before it")
            return False
    for place, target in missing:
        find(place, f"leads to {target!r}, which is no step", steps)
    return not missing


def edges(planned: PlanStep) -> Iterator[tuple[str, frozenset[str]]]:
    """Every way out of a step, with the facts that it writes on that way."""
    own, absent = frozenset(planned.fields), frozenset(planned.absent)
    for target, with_facts in exits_of(planned.step):
        yield target, own if with_facts else absent
    if planned.when is not None:
        for _, target in planned.then:
            yield target, absent


def facts_at(plan: Plan) -> Mapping[str, frozenset[str]]:
    """For each step that can be reached: the facts that are there on every way to it."""
    known: dict[str, frozenset[str]] = {}
    interrupts = [b for branches in plan.interrupts.values() for b in branches if b.go != STAY]
    queue: list[tuple[str, frozenset[str]]] = [(plan.procedure.start, frozenset(BUILT_IN))]
    queue += [(branch.go, frozenset(BUILT_IN)) for branch in interrupts if not branch.reached]
    while queue:
        name, facts = queue.pop()
        before = known.get(name)
        after = facts if before is None else before & facts
        if after == before:
            continue
        known[name] = after
        queue += [(target, after | written) for target, written in edges(plan.steps[name])]
        queue += [(branch.go, after) for branch in interrupts if name in branch.reached]
    return known


def _reads_are_known(plan: Plan, name: str, facts: frozenset[str], find: Find) -> None:
    planned = plan.steps[name]
    after = facts | frozenset(planned.fields)
    passed = facts | frozenset(planned.absent)
    before = [
        planned.when,
        planned.extra,
        planned.within,
        *planned.arguments.values(),
        *planned.absent.values(),
    ]
    reads: list[tuple[Expression | None, frozenset[str], str]] = [(e, facts, "") for e in before]
    reads += [(planned.undo_when, after, "")]
    reads += [(condition, after, "") for condition, _ in planned.then]
    if planned.when is not None:
        reads += [(condition, passed, ", when passed over") for condition, _ in planned.then]
    for expression, there, how in reads:
        if expression and (missing := expression.reads - there):
            problem = f"`{expression.text}` reads {min(missing)}, which may be absent here{how}"
            find(("steps", name), problem, _MEND)
    table = plan.tables.get(getattr(planned.step, "decide", ""))
    if table and (unknown := set(table.inputs) - facts):
        find(("steps", name), f"the table reads {min(unknown)}, which may be absent here", _MEND)


def _reach_a_close(plan: Plan) -> set[str]:
    """Steps from which some close can be reached."""
    back: dict[str, set[str]] = {}
    for name, planned in plan.steps.items():
        for target, _ in edges(planned):
            back.setdefault(target, set()).add(name)
    reached = {name for name, planned in plan.steps.items() if isinstance(planned.step, CloseStep)}
    queue = list(reached)
    while queue:
        for name in back.get(queue.pop(), set()) - reached:
            reached.add(name)
            queue.append(name)
    return reached
