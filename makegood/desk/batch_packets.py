"""A batch's packet: which cases, what is unusual about each, what they come to, and what an answer does."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from makegood.core.authority import people_needed
from makegood.desk import authorising, packets
from makegood.desk import packet_tables as tables
from makegood.desk.batch_members import Listed, Sums
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand
from makegood.store.batches import Kind

_FAR_ABOVE = 2  # times what is usual in this batch
_MANY_CLAIMS = 2
_USUAL_TIER = "standard"


def write(desk: Desk, kind: Kind, listed: Sequence[Listed], sums: Sums, why: str = "") -> str:
    """Markdown of words of ours, codes and money; begins with why it is asked again."""
    parts = [
        f"> **Asked again:** {why}.\n" if why else "",
        f"## {len(listed)} cases of one cause · {kind.procedure} · {kind.market}",
        f"**Up to {sums.order} in all** for step `{kind.step}` · cause: {kind.cause}",
        _members(desk, listed),
        _totals(desk, listed, sums),
        _ANSWERS,
    ]
    return "\n\n".join(filter(None, parts))


_ANSWERS = "\n".join(
    (
        "| What each answer does | |",
        "|---|---|",
        "| approve | a yes to each case that is not struck out, up to its own amount;"
        " your limit has to cover all of them together |",
        "| reject | a no to each case that is not struck out; a note is needed |",
        "| struck out | the case stays open, on its own run |",
        "| silence | each case goes the way that its procedure says; never a yes |",
    )
)


def _members(desk: Desk, listed: Sequence[Listed]) -> str:
    """Three columns: Prefect's dialog is narrow, and cuts off what is wider."""
    usual = median(each.approval.ceiling_minor for each in listed)
    authority = desk.library.authority
    rows = [
        f"| [{each.case.number}]({desk.web_url}/desk/cases/{each.case.number})"
        f" | {tables.both(authority, each.ceiling)} | {_unusual(each, usual)} |"
        for each in listed
    ]
    head = "| Case | Up to | Unusual |\n|---|---|---|"
    return "\n".join([head, *rows])


def _totals(desk: Desk, listed: Sequence[Listed], sums: Sums) -> str:
    needed = people_needed(desk.library.authority, sums.house)
    rows = {
        "Cases": str(len(listed)),
        f"In {sums.order.currency}": str(sums.order),
        "In all, for limits": str(sums.house),
        "People who have to say yes": str(needed),
        "Answer before (UTC)": min((due for each in listed if (due := _due(each))), default=""),
    }
    body = "\n".join(f"| {name} | {value} |" for name, value in rows.items() if value)
    return f"| Together | |\n|---|---|\n{body}"


def _due(each: Listed) -> str:
    due = each.approval.due
    return "" if due is None else f"{due:%Y-%m-%d %H:%M}"


def _unusual(each: Listed, usual: float) -> str:
    facts, told = each.hand.state.facts, []
    if each.approval.ceiling_minor > usual * _FAR_ABOVE:
        told.append("far above the others")
    if facts.get("policy.entitled") is False:
        told.append("not owed by law" if facts.get("policy.goodwill") is True else "not owed")
    if facts.get("policy.verified") is False:
        told.append("the rule is not verified")
    if facts.get("reason.evidence") is True and not facts.get("evidence.photos"):
        told.append("no photographs")
    claims = facts.get("history.claims_90d")
    if isinstance(claims, int) and claims >= _MANY_CLAIMS:
        told.append(f"{claims} claims of this customer in 90 days")
    if each.case.tier != _USUAL_TIER:
        told.append(f"tier {each.case.tier}")
    return "; ".join([*told, *_of_the_question(each.hand)])


def _of_the_question(hand: Hand) -> list[str]:
    disputed = ["the bank has opened a dispute"] if authorising.is_disputed(hand) else []
    question = hand.state.question
    asked_before = [f"asked again: {question.why}"] if question and question.why else []
    return disputed + asked_before


def digest(packet: str) -> bytes:
    return packets.digest(packet)
