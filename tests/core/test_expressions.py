"""Conditions and arguments: typed when they are read, exact when they are evaluated."""

from __future__ import annotations

import pytest

from makegood.core.errors import Surprise
from makegood.core.expressions import BadExpression, Language, literal
from makegood.core.facts import BOOL, CODE, INT, MONEY, PERCENT, TEXT, Field, enum

FIELDS: dict[str, Field] = {
    "remedy.kind": enum("refund", "none"),
    "remedy.share": PERCENT,
    "order.paid_minor": MONEY,
    "order.units": INT,
    "order.ref": CODE,
    "policy.entitled": BOOL,
    "note.text": TEXT,
}
LANGUAGE = Language(FIELDS)
FACTS = {"remedy.kind": "refund", "order.paid_minor": 1999, "order.units": 3, "policy.entitled": True}


@pytest.mark.parametrize(
    ("text", "value", "type_"),
    [
        ('remedy.kind == "refund" && policy.entitled', True, "bool"),
        ("remedy.kind in ['refund', 'none']", True, "bool"),
        ("!policy.entitled || order.units >= 4", False, "bool"),
        ("order.paid_minor - 99 * order.units", 1702, "int"),
        ("policy.entitled ? order.paid_minor : 0", 1999, "int"),
        ("policy.entitled ? remedy.kind : 'none'", "refund", "string"),
    ],
)
def test_an_expression_has_the_value_and_the_type_that_it_says(text: str, value: object, type_: str) -> None:
    compiled = LANGUAGE.compile(text)
    assert compiled.evaluate(FACTS) == value
    assert compiled.type == type_


def test_an_expression_knows_what_it_reads() -> None:
    compiled = LANGUAGE.compile('order.units > 1 && note.text != "order.ref and remedy.share"')
    assert compiled.reads == {"order.units", "note.text"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "order.unit > 1",
            "unknown fact 'order.unit' in `order.unit > 1`; known here: note.text, order.paid",
        ),
        ('remedy.kind == "refnud"', "'refnud' in `remedy.kind == \"refnud\"` is not a value of remedy.kind"),
        ("remedy.kind in ['refund', 'non']", "'non' in"),
        ("order.units > '3'", "no matching overload"),
        ("order.units >", "Syntax error"),
        ("policy.entitled +", "Syntax error"),
    ],
)
def test_what_is_wrong_with_an_expression_is_said(text: str, said: str) -> None:
    with pytest.raises(BadExpression) as error:
        LANGUAGE.compile(text)
    assert said in str(error.value)


def test_an_absent_fact_is_a_surprise_with_its_name() -> None:
    with pytest.raises(Surprise, match=r"reads order\.units, which is absent"):
        LANGUAGE.compile("order.units > 1").evaluate({})


@pytest.mark.parametrize(
    "text", ["order.units * 4611686018427387904 > 1", "order.units / (order.units - 3) > 1"]
)
def test_an_overflow_or_a_division_by_zero_is_a_surprise_and_never_true(text: str) -> None:
    with pytest.raises(Surprise):
        LANGUAGE.compile(text).evaluate({"order.units": 3})


@pytest.mark.parametrize("value", [True, False, 0, -7, 1999, "", "refund", 'a "quoted" \\ word', "退款"])
def test_a_constant_is_itself(value: bool | int | str) -> None:
    made = literal(value)
    assert made.evaluate({}) == value
    assert made.reads == frozenset()
    assert isinstance(made.evaluate({}), type(value))


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        (PERCENT, "20%", 20),
        (PERCENT, 35, 35),
        (MONEY, 1999, 1999),
        (BOOL, True, True),
        (FIELDS["remedy.kind"], "none", "none"),
        (FIELDS["remedy.kind"], "remedy.kind", None),
        (MONEY, "order.paid_minor", None),
        (INT, True, None),
    ],
)
def test_a_constant_is_told_from_an_expression(field: Field, written: object, value: object) -> None:
    assert field.written(written) == value
