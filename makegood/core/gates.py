"""Gates: by which remedy a step that gives something is measured against the limits."""

from __future__ import annotations

from collections.abc import Iterator

from makegood.core.facts import Facts
from makegood.core.plan import Plan
from makegood.core.procedure import STAY, ApproveStep, RunStep
from makegood.core.signatures import exits_of

QUOTE = "remedy.quote"


def remedies_of(plan: Plan, giving: str, facts: Facts) -> tuple[str, ...]:
    """What the quotes that lead to the step are for, as the facts say now; several where ways meet.

    Without a quote, what its approvals are for; without either, the plain word for its action.
    """
    quotes, approvals = _before(plan, giving)
    made = [plan.steps[name].arguments["kind"] for name in quotes if _known(plan, name, facts)]
    kinds = {str(kind.evaluate(facts)) for kind in made}
    if kinds:
        return tuple(sorted(kinds))
    steps = [plan.steps[name].step for name in approvals]
    asked = {step.approve for step in steps if isinstance(step, ApproveStep)}
    return tuple(sorted(asked)) or (_plain(plan, giving),)


def _known(plan: Plan, quote: str, facts: Facts) -> bool:
    """A way that was not gone has not written what its quote reads, nor the quote itself."""
    kind = plan.steps[quote].arguments["kind"]
    made = getattr(plan.steps[quote].step, "as_", None)
    return all(name in facts for name in kind.reads) and f"{made}.amount_minor" in facts


def _plain(plan: Plan, step: str) -> str:
    planned = plan.steps[step].step
    assert isinstance(planned, RunStep)
    return "reship" if plan.contracts[planned.run].goods else "refund"


def _before(plan: Plan, step: str) -> tuple[set[str], set[str]]:
    """The nearest quotes on each way to the step, and the approvals on the way from them."""
    ways = _ways_back(plan)
    quotes, approvals, seen, queue = set[str](), set[str](), {step}, [step]
    while queue:
        for name in ways.get(queue.pop(), ()):
            if name in seen:
                continue
            seen.add(name)
            planned = plan.steps[name].step
            if isinstance(planned, RunStep) and planned.run == QUOTE:
                quotes.add(name)
                continue
            if isinstance(planned, ApproveStep):
                approvals.add(name)
            queue.append(name)
    return quotes, approvals


def _ways_back(plan: Plan) -> dict[str, set[str]]:
    """For each step, those from which the case may come to it. Found once: a plan stays as it is."""
    if not plan.ways_back:
        back: dict[str, set[str]] = {}
        for name in plan.steps:
            for target in _ways_on(plan, name):
                back.setdefault(target, set()).add(name)
        plan.ways_back.update(back)
    return plan.ways_back


def _ways_on(plan: Plan, name: str) -> Iterator[str]:
    planned = plan.steps[name]
    yield from (target for target, _ in exits_of(planned.step))
    for branches in plan.interrupts.values():
        yield from (b.go for b in branches if b.go != STAY and (not b.reached or name in b.reached))
