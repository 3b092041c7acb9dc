"""Which cases are of one cause."""

from __future__ import annotations

import pytest

from makegood.core.causes import ARTICLE, SHIPMENT, cause_of
from makegood.core.facts import REASONS


@pytest.mark.parametrize(
    ("reason", "articles", "way", "said"),
    [
        ("defective", ["MUG"], ("CN", "2026-11-02"), "defective: article MUG"),
        ("damaged", ["MUG"], ("CN", "2026-11-02"), "damaged: article MUG"),
        ("not_delivered", ["MUG"], ("CN", "2026-11-02"), "not_delivered: shipment CN 2026-11-02"),
        ("not_delivered", ["MUG", "LAMP"], ("CN", "2026-11-02"), "not_delivered: shipment CN 2026-11-02"),
    ],
)
def test_a_cause_is_an_article_with_its_defect_or_a_shipment(
    reason: str, articles: list[str], way: tuple[str, str], said: str
) -> None:
    assert str(cause_of(reason, articles, *way)) == said


@pytest.mark.parametrize(
    ("reason", "articles", "way"),
    [
        ("changed_mind", ["MUG"], ("CN", "2026-11-02")),
        ("other", ["MUG"], ("CN", "2026-11-02")),
        ("defective", ["MUG", "LAMP"], ("CN", "2026-11-02")),
        ("defective", [], ("CN", "2026-11-02")),
        ("not_delivered", ["MUG"], ("", "2026-11-02")),
        ("not_delivered", ["MUG"], ("CN", "")),
        ("defective", ["MUG | [click](http://x)"], ("CN", "2026-11-02")),
        ("defective", ["Jana's mug"], ("CN", "2026-11-02")),
    ],
)
def test_what_nothing_ties_together_has_no_cause_in_common(
    reason: str, articles: list[str], way: tuple[str, str]
) -> None:
    assert cause_of(reason, articles, *way) is None


def test_every_reason_of_a_cause_is_a_reason() -> None:
    assert set(REASONS) >= ARTICLE | SHIPMENT
    assert not ARTICLE & SHIPMENT
