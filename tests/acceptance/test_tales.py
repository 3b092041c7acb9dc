"""Tales in rehearsal, a procedure at a time: for who writes them.

    pytest tests/acceptance/test_tales.py -k reship                 what differs, by tale, and what is left
TALES="lost" pytest tests/acceptance/test_tales.py -k reship    only tales with this word in their names
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.acceptance.comparison import differences
from tests.acceptance.play import Play
from tests.acceptance.rehearsal import rehearsing
from tests.acceptance.tale_part import put_on
from tests.acceptance.tales import PROCEDURES, told_of

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_rehearsed_tales_leave_what_they_say(
    procedure: str, store_url: str, database_url: str, tmp_path: Path
) -> None:
    word = os.environ.get("TALES", "")
    tales = [tale for tale in told_of(procedure) if word in tale.name]
    if not tales:
        pytest.skip(f"no tale of {procedure} has {word!r} in its name")
    with rehearsing(store_url, database_url, tmp_path, None) as line:
        parts = put_on(line, enumerate(tales, start=1000))
        play = Play(line, parts, print)
        play.run()
        seller = line.control("GET", "/books")
    wrong = play.wrong_outcomes() + [
        str(each) for each in differences([p.account for p in parts], seller, play.cases())
    ]
    assert not wrong, "\n" + "\n".join(wrong)
