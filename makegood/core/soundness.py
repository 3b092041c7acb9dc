"""Whether a plan can be trusted: targets exist, steps are reached, facts are written before they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from makegood.core.facts import BUILT_IN
from makegood.core.plan import Plan, PlanStep
from makegood.core.procedure import STAY, CloseStep, RunStep
from makegood.core.signatures import exits_of, fact_name

Find = Callable[..., None]


def check(plan: Plan, find: Find) -> None:
    """Calls `find(place, problem, mend)` for everything that is wrong."""
    if not _targets_exist(plan, find):
        return
    known = _known_facts(plan)
    for name in plan.steps.keys() - known.keys():
        find(("steps", name), "is never reached", "lead to it or remove it")
    for name, facts in known.items():
        _reads_are_known(plan, name, facts, find)
    for event, branches in plan.interrupts.items():
        for branch in branches:
            if branch.when and (missing := branch.when.reads - BUILT_IN.keys()):
                find(
                    ("interrupts", event),
                    f"reads {min(missing)}, which may be absent at that moment",
                    "use case.* and ledger.*",
                )
    closing = _reach_a_close(plan)
    for name in known.keys() - closing:
        find(("steps", name), "no close can be reached from here", "give it a way to an outcome")


def _targets_exist(plan: Plan, find: Find) -> bool:
    sound = plan.procedure.start in plan.steps
    if not sound:
        find(("start",), f"no step {plan.procedure.start!r}", f"steps: {', '.join(plan.steps)}")
    for name, planned in plan.steps.items():
        for target, _ in exits_of(planned.step):
            if target not in plan.steps:
                find(
                    ("steps", name),
                    f"leads to {target!r}, which is no step",
                    f"steps: {', '.join(plan.steps)}",
                )
                sound = False
        until = planned.step.undo_until if isinstance(planned.step, RunStep) else None
        if until and until not in plan.steps:
            find(("steps", name, "undo_until"), f"no step {until!r}")
            sound = False
    return sound


def _edges(planned: PlanStep) -> Iterator[tuple[str, frozenset[str]]]:
    """Every way out of a step, with the facts that it writes on that way."""
    group = fact_name(planned.step)
    own = frozenset(planned.fields) if group else frozenset[str]()
    absent = frozenset(planned.absent)
    for target, with_facts in exits_of(planned.step):
        yield target, own if with_facts else absent
    if planned.when is not None:
        for _, target in planned.then:
            yield target, absent


def _known_facts(plan: Plan) -> dict[str, frozenset[str]]:
    """For each step that can be reached: the facts that are there on every way to it."""
    known: dict[str, frozenset[str]] = {}
    queue: list[tuple[str, frozenset[str]]] = [(plan.procedure.start, frozenset(BUILT_IN))]
    queue += [
        (branch.go, frozenset(BUILT_IN))
        for branches in plan.interrupts.values()
        for branch in branches
        if branch.go != STAY
    ]
    while queue:
        name, facts = queue.pop()
        before = known.get(name)
        after = facts if before is None else before & facts
        if after == before:
            continue
        known[name] = after
        queue += [(target, after | written) for target, written in _edges(plan.steps[name])]
    return known


def _reads_are_known(plan: Plan, name: str, facts: frozenset[str], find: Find) -> None:
    planned = plan.steps[name]
    place = ("steps", name)
    before = [planned.when, planned.extra, *planned.arguments.values()]
    for expression in before:
        if expression and (missing := expression.reads - facts):
            find(place, f"`{expression.text}` reads {min(missing)}, which may be absent here", _MEND)
    own = frozenset(planned.fields) if fact_name(planned.step) else frozenset[str]()
    after = facts | own
    passed = facts | frozenset(planned.absent)
    for condition, _ in planned.then:
        if condition is None:
            continue
        if missing := condition.reads - after:
            find(place, f"`{condition.text}` reads {min(missing)}, which may be absent here", _MEND)
        if planned.when is not None and (missing := condition.reads - passed):
            find(place, f"when passed over, `{condition.text}` reads {min(missing)}", _MEND)
    _table_is_known(plan, planned, facts, find)


_MEND = "say what the fact is on the other ways here, with `absent:` at the step that writes it"


def _table_is_known(plan: Plan, planned: PlanStep, facts: frozenset[str], find: Find) -> None:
    table = plan.tables.get(getattr(planned.step, "decide", ""))
    if table and (missing := set(table.inputs) - facts):
        find(("steps", planned.id), f"the table reads {min(missing)}, which may be absent here", _MEND)


def _reach_a_close(plan: Plan) -> set[str]:
    """Steps from which some close can be reached."""
    back: dict[str, set[str]] = {}
    for name, planned in plan.steps.items():
        for target, _ in _edges(planned):
            back.setdefault(target, set()).add(name)
    reached = {name for name, planned in plan.steps.items() if isinstance(planned.step, CloseStep)}
    queue = list(reached)
    while queue:
        for name in back.get(queue.pop(), set()) - reached:
            reached.add(name)
            queue.append(name)
    return reached


def facts_at(plan: Plan) -> Mapping[str, frozenset[str]]:
    """The facts that a reader of the procedure may count on at each step."""
    return _known_facts(plan)
