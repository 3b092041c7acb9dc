"""Moves of chance: what people, time and accidents may do to a case that waits for an approval."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from makegood.store.words import Role

STAFF = (
    ("sup", Role.SUPERVISOR, 50_000),
    ("lead", Role.TEAM_LEAD, 200_000),
    ("fay", Role.FINANCE, 1_000_000),
    ("fin", Role.FINANCE, 1_000_000),
    ("ann", Role.AGENT, 1_000_000),
)

Move = tuple[Any, ...]
_WHO = st.integers(0, len(STAFF) - 1)
_ANY_ANSWER = st.tuples(
    st.just("answer"),
    _WHO,
    st.sampled_from(("approve", "adjust", "reject", "more", "")),
    st.sampled_from(("right", "right", "wrong", "replayed")),
    st.sampled_from((100, 60, 10, 101, 0)),
    st.booleans(),
    st.booleans(),
)


def _yes_of(who: int) -> st.SearchStrategy[Move]:
    return st.tuples(
        st.just("answer"),
        st.just(who),
        st.sampled_from(("approve", "approve", "adjust")),
        st.just("right"),
        st.sampled_from((100, 60)),
        st.just(True),
        st.just(False),
    )


_APPROVER = st.sampled_from((2, 3, 2, 3, 1))


def _change_of(who: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.one_of(
        st.tuples(st.just("active"), st.just(who), st.sampled_from((False, False, True))),
        st.tuples(st.just("limit"), st.just(who), st.sampled_from((0, 10_000, 200_000, 1_000_000))),
        st.tuples(st.just("own"), st.just(who)),
    )


def _used_again(who: int) -> tuple[Move, ...]:
    """A good answer that decides nothing, and its code once more for one that would."""
    return (
        ("answer", who, "more", "right", 100, True, False),
        ("answer", who, "approve", "replayed", 100, True, False),
    )


def _own_amount(who: int) -> tuple[Move, ...]:
    """Less than was asked, and then a yes to what is asked instead."""
    return (
        ("answer", who, "adjust", "right", 60, True, False),
        ("answer", who, "approve", "right", 100, True, False),
    )


_STAFF = _APPROVER.flatmap(lambda who: st.tuples(_change_of(who), _yes_of(who)))
"""Something changes about somebody, who then says yes."""
_ELSE = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from((1, 300, 3_000))),
    st.tuples(st.just("die"), st.integers(0, 2), st.booleans()),
    st.tuples(st.just("lose"), st.booleans()),
    st.tuples(st.just("own"), st.none()),
    st.tuples(st.just("payee")),
    st.tuples(st.just("withdraw")),
)


def _weighed(luck: int) -> st.SearchStrategy[tuple[Move, ...]]:
    """Nearly half of it is a yes that could count, else hardly anything would ever be paid; and staff change
    often, else their yeses would always be good."""
    match luck:
        case 0 | 1 | 2 | 3 | 4:
            return st.tuples(_APPROVER.flatmap(_yes_of))
        case 5 | 6:
            return st.tuples(_ANY_ANSWER)
        case 7 | 8:
            return _STAFF
        case 9:
            return _APPROVER.map(_used_again)
        case 10:
            return _APPROVER.map(_own_amount)
        case _:
            return st.tuples(_ELSE)


def _in_a_row(parts: list[tuple[Move, ...]]) -> list[Move]:
    return [move for part in parts for move in part]


MOVES = st.lists(st.integers(0, 12).flatmap(_weighed), min_size=2, max_size=7).map(_in_a_row)
