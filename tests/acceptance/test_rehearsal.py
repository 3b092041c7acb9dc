"""The rehearsal: all sixty cases without Prefect, pages and processes; the books compared to the cent."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.choosing import cast
from tests.acceptance.comparison import differences
from tests.acceptance.play import Play
from tests.acceptance.rehearsal import rehearsing
from tests.acceptance.retail import RETAIL, needs_retail, orders_in
from tests.acceptance.scenarios import STORIES
from tests.acceptance.story_part import cast_of


@needs_retail
def test_rehearsed_books_agree_with_the_expectation(store_url: str, books_url: str, tmp_path: Path) -> None:
    with rehearsing(store_url, books_url, tmp_path, RETAIL) as line:
        now = line.now()
        parts = cast_of(cast(STORIES, orders_in(line.sandbox), now), now)
        play = Play(line, parts, print)
        play.run()
        seller = line.control("GET", "/books")
    assert play.wrong_outcomes() == []
    assert differences([part.account for part in parts], seller, play.cases()) == []
