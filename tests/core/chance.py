"""A world of chance: every outcome, answer and silence that contracts and steps allow, by a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from makegood.core.advance import MESSAGE
from makegood.core.contracts import CONTRACTS, EVENTS, Kind
from makegood.core.decisions import Do
from makegood.core.facts import Facts, FactType, Value
from makegood.core.facts import Field as FactField
from makegood.core.plan import Plan
from makegood.core.procedure import ApproveStep, AskStep, AwaitStep, CallStep, OfferStep, TaskStep
from makegood.core.state import Question, State
from makegood.core.world import Done, Failed, Happening, Lost, Outcome, Reply

_NUMBERS = (0, 1, 3, 1999, 4490, 99900)


@dataclass(frozen=True)
class Chance:
    """The same seed gives the same world. After a step's second visit, patience is over: things go well."""

    plan: Plan
    seed: int
    happenings: Sequence[Happening] = field(default=())

    def outcome(self, do: Do, state: State) -> Outcome:
        key = f"{do.step}/{do.visit}:{do.suffix}:{state.tries}"
        luck = self._roll(key, 100)
        if do.action == MESSAGE:
            return Done() if luck < 90 else Failed("unavailable", final=False)
        contract = CONTRACTS[do.action]
        if do.visit < 3 and contract.kind is not Kind.PURE:
            if luck < (40 if do.suffix == "undo" else 15):
                codes = (*contract.errors, "stale")
                return Failed(codes[luck % len(codes)])
            if luck < 20:
                return Failed("unavailable", final=False)
            if luck < 24 and contract.kind is Kind.EFFECT:
                return Lost(self._done(do, key) if luck < 23 else Failed("refused"))
        return self._done(do, key)

    def _done(self, do: Do, key: str) -> Done:
        contract = CONTRACTS[do.action]
        values = {name: self._value(f"{key}.{name}", typed) for name, typed in contract.result.items()}
        if "outbound_tracking" in values:
            if self._roll(key + "p", 12):
                values["payment"] = ("captured", "authorised")[self._roll(key + "q", 2)]
            if self._roll(key + "r", 3):
                values["status"] = ("delivered", "shipped")[self._roll(key + "v", 5) == 0]
            values["outbound_tracking"] = "OUT1" if values["status"] != "placed" else ""
            values["delivered"] = values["status"] == "delivered"
        if "units" in values:
            values["units"] = max(values["units"], 1)
        given = {"ledger.paid": True} if contract.money else {}
        return Done(values, given | ({"ledger.shipped": True} if contract.ships else {}))

    def replies(self, question: Question, state: State) -> Sequence[Reply]:
        step = self.plan.steps[question.step].step
        key = f"{question.step}/{question.visit}:{question.rung}:{question.round}?"
        if self._roll(key, 100) < (35 if question.visit < 3 else 0) or isinstance(step, AwaitStep):
            return ()
        facts: Facts
        match step:
            case ApproveStep():
                decision = ("approved", "adjusted", "rejected")[
                    self._roll(key + "d", 3 if question.visit < 3 else 1)
                ]
                facts = {"decision": decision, "amount_minor": 4000}
            case OfferStep():
                facts = {"accepted": self._roll(key + "a", 2) == 0}
            case AskStep():
                typed = self.plan.steps[question.step].fields
                facts = {n: self._answer(key, f, n) for n, f in _short(typed).items()}
            case TaskStep():
                facts = {
                    n: self._value(key + n, f)
                    for n, f in _short(self.plan.steps[question.step].fields).items()
                }
            case CallStep():
                facts = {"outcome": ("resolved", "refunded", "withdrawn", "declined")[self._roll(key, 4)]}
            case _:
                facts = {}
        reply = Reply(timedelta(minutes=1 + self._roll(key + "t", 600)), facts)
        if isinstance(step, AskStep) and self._roll(key + "k", 4) == 0:
            return (Reply(timedelta(seconds=30)), reply)
        if question.round < 3 and self._roll(key + "w", 10) == 0:
            return (Reply(reply.after, refused="wrong code"), reply)
        return (reply,)

    def _answer(self, key: str, typed: FactField, name: str) -> Value:
        if typed.type is FactType.BOOL or typed.values:
            return self._value(key + name, typed)
        return 2 if typed.type is FactType.INT else "something"

    def _value(self, key: str, typed: FactField) -> Value:
        if typed.type is FactType.BOOL:
            return self._roll(key, 2) == 0
        if typed.values:
            return typed.values[self._roll(key, len(typed.values))]
        if typed.type in (FactType.TEXT, FactType.CODE):
            return "RET1"
        return _NUMBERS[self._roll(key, len(_NUMBERS))]

    def _roll(self, key: str, sides: int) -> int:
        return int.from_bytes(hashlib.blake2b(f"{self.seed}|{key}".encode(), digest_size=4).digest()) % sides


def _short(fields: object) -> dict[str, FactField]:
    assert isinstance(fields, dict)
    return {name.partition(".")[2]: typed for name, typed in fields.items()}


def of(plan: Plan, seed: int) -> Chance:
    """With outside events strewn over the first forty days."""
    world = Chance(plan, seed)
    awaited = sorted(
        {n for each in plan.steps.values() for n in getattr(each.step, "names", ()) if n != "case.closed"}
    )
    strewn = []
    for name in (*awaited, *awaited, *plan.interrupts):
        interrupts = name in plan.interrupts
        for match in ("",) if interrupts else ("RET1", "OUT1") if name.startswith("parcel") else ("RET1",):
            key = f"{name}{match}{len(strewn)}"
            if world._roll(key, 100) < (15 if interrupts else 35):
                facts = {fact: world._value(f"{key}.{fact}", typed) for fact, typed in EVENTS[name].items()}
                after = timedelta(hours=world._roll(key + "t", 1000))
                if interrupts and world._roll(key + "s", 2):
                    after = timedelta(hours=world._roll(key + "t", 200))
                if interrupts and world._roll(key + "u", 3) == 0:
                    after = timedelta(seconds=world._roll(key + "t", 600))
                strewn.append(Happening(after, name, match, facts))
    return Chance(plan, seed, tuple(strewn))
