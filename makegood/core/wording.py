"""Wording: a procedure as a page of prose, made from its file: steps, branches, what the customer reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from makegood.core.drawing import arrows, flowchart, silence
from makegood.core.plan import Plan, PlanStep
from makegood.core.procedure import (
    STAY,
    ApproveStep,
    AskStep,
    AwaitStep,
    CallStep,
    CloseStep,
    DecideStep,
    OfferStep,
    RunStep,
    SendStep,
    Step,
    TaskStep,
)
from makegood.core.soundness import edges

Letters = Mapping[str, tuple[str, str, bool]]
"""By name: subject and text, and whether it is a survey, which is never the last word."""


def page(plan: Plan, letters: Letters) -> str:
    """The whole page, in Markdown."""
    procedure = plan.procedure
    reasons = "all reasons" if procedure.serves.reasons == "all" else ", ".join(procedure.serves.reasons)
    markets = "all markets" if procedure.serves.markets == "all" else ", ".join(procedure.serves.markets)
    begun = " Begun by other cases only, by no message." if procedure.serves.called_only else ""
    parts = [
        f"# {procedure.title}",
        f"Made from [{plan.name}.yaml](../../sop_definitions/procedures/{plan.name}.yaml) by"
        " `makegood sop draw`; change that file, not this page.",
        f"For {reasons}, in {markets}.{begun} {len(plan.steps)} steps, beginning with"
        f" `{procedure.start}`. {procedure.owner} answers for it.",
        "Dotted arrows are what silence, errors and interrupts lead to.",
        f"```mermaid\n{flowchart(plan)}```",
        *_interrupts(plan),
        "## Steps",
        *(_step(name, planned) for name, planned in plan.steps.items()),
        "## Endings, and what the customer reads",
        *_endings(plan, letters),
        *_texts(plan, letters),
    ]
    return "\n\n".join(parts) + "\n"


def _interrupts(plan: Plan) -> Iterator[str]:
    if plan.interrupts:
        yield "## What may come at any time"
    for event, branches in plan.interrupts.items():
        lines = [f"`{event}`:", ""]
        for branch in branches:
            after = f"once it has come to {_listed(branch.reached)}" if branch.reached else "otherwise"
            when = f"if `{branch.when.text}`" if branch.when else after
            where = "it is noted, and nothing changes" if branch.go == STAY else f"→ {_link(branch.go)}"
            kept = "" if branch.undo or branch.go == STAY else " (nothing is undone)"
            lines.append(f"- {when}: {where}{kept}")
        yield "\n".join(lines)


def _step(name: str, planned: PlanStep) -> str:
    lines = [f"### {name}", "", _done(planned.step)]
    if planned.when is not None:
        lines.append(f"\nOnly if `{planned.when.text}`; else it is passed over.")
    branches = [f"- {said}→ {_link(target)}" for said, target in _branches(planned)]
    return "\n".join([*lines, *(["", *branches] if branches else [])])


def _branches(planned: PlanStep) -> Iterator[tuple[str, str]]:
    silent = getattr(planned.step, "timeout", None)
    for said, target, plain in arrows(planned):
        if silent is not None and said == silence(silent):
            called = f", then {silent.escalate} for {silent.again}" if silent.escalate else ""
            sooner = f", or until `{silent.within}` days after {_link(silent.since)}" if silent.within else ""
            yield f"silence for {silent.after}{sooner}{called}: ", target
        elif said in ("", "otherwise", "approved", "adjusted", "rejected", "all refused"):
            yield (f"{said}: " if said else ""), target
        else:
            yield (f"if `{said}`: " if plain else f"{said}: "), target


def _done(step: Step) -> str:
    match step:
        case RunStep():
            back = f" What takes it back: `{step.undo}`." if step.undo else ""
            return f"Runs `{step.run}`.{back}"
        case DecideStep():
            return f"Decides by the table `{step.decide}`."
        case AskStep():
            wanted = ", ".join(f"{what} ({_want(want)})" for what, want in step.for_.items())
            return f"Asks the customer for {wanted}, with the letter `{step.message}`.{_reminders(step)}"
        case OfferStep():
            rungs = ", then ".join(f"{_words(rung.remedy)} of {rung.share} %" for rung in step.offer)
            return f"Offers the customer {rungs}, with the letter `{step.message}`.{_reminders(step)}"
        case AwaitStep():
            letter = f", with the letter `{step.message}`" if step.message else ""
            return f"Waits for {_listed(step.names)} ({step.from_}){letter}.{_reminders(step)}"
        case TaskStep():
            return f"Work for {step.task}: {step.why}{_reminders(step)}"
        case ApproveStep():
            return f"Somebody approves: {_words(step.approve)}, at most `{step.ceiling}`.{_reminders(step)}"
        case SendStep():
            return f"Sends the letter `{step.send}`."
        case CallStep():
            waits = "and waits for its end" if step.wait else "and goes on at once"
            why = f" for {_words(step.reason)}" if step.reason else ""
            about = f", about `{step.about}`," if step.about else ""
            return f"Opens a case of [{step.call}]({step.call}.md){why}{about} {waits}."
        case CloseStep():
            again = f" A message within {step.reopen_within} opens it again." if step.reopen_within else ""
            return f"Closes the case: **{step.close}**.{again}"
        case _:
            assert_never(step)


def _want(want: str | list[str]) -> str:
    return "yes or no" if want == "confirm" else want if isinstance(want, str) else " or ".join(want)


def _reminders(step: Step) -> str:
    remind = getattr(step, "remind", None)
    return "" if remind is None else f" A reminder after {remind.after}, {_times(remind.times)}."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _endings(plan: Plan, letters: Letters) -> Iterator[str]:
    for name, planned in plan.steps.items():
        if isinstance(planned.step, CloseStep):
            last = sorted(last_letters(plan, name, letters))
            said = " or ".join(f"[{letter}](#letter-{letter})" for letter in last) or "no letter"
            yield f"- **{planned.step.close}** (`{name}`): the last word is {said}"


def last_letters(plan: Plan, ending: str, letters: Letters) -> set[str]:
    """The letters after which a case may close here without another; a survey does not count."""
    before: dict[str, set[str]] = {}
    for name, planned in plan.steps.items():
        for target, _ in edges(planned):
            before.setdefault(target, set()).add(name)
    found: set[str] = set()
    seen, queue = {ending}, [ending]
    while queue:
        for name in before.get(queue.pop(), set()) - seen:
            seen.add(name)
            step = plan.steps[name].step
            letter = step.send if isinstance(step, SendStep) else getattr(step, "message", None)
            counts = letter is not None and not letters[letter][2]
            if counts:
                found.add(str(letter))
            if not counts or plan.steps[name].when is not None:
                queue.append(name)
    return found


def _texts(plan: Plan, letters: Letters) -> Iterator[str]:
    """Each of them once, in English, with its blanks."""
    endings = [name for name, planned in plan.steps.items() if isinstance(planned.step, CloseStep)]
    last = sorted({letter for name in endings for letter in last_letters(plan, name, letters)})
    for letter in last:
        subject, text, _ = letters[letter]
        quoted = "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())
        yield f"### Letter: {letter}\n\n> **{subject}**\n>\n{quoted}"


def _link(name: str) -> str:
    return f"[{name}](#{name})"


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _words(name: str) -> str:
    return name.replace("_", " ")
