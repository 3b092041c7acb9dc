"""Tales in rehearsal, for who writes them: `pytest tests/acceptance/test_tales.py -k reship`.

It says what differs, by tale, and with `-s` which ways no tale goes. `TALES="lost"` plays only those with
that word in their names, `TROUBLE=1` adds the faults that the line meets. Where this file is not named, a
sample is played.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.acceptance.branches import tally
from tests.acceptance.comparison import differences, told_by
from tests.acceptance.play import Play
from tests.acceptance.rehearsal import rehearsing
from tests.acceptance.tale_part import put_on
from tests.acceptance.tales import PROCEDURES, some
from tests.acceptance.trouble import trouble

pytestmark = pytest.mark.timeout(1800)

SAMPLE = 30  # every so many tales


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_rehearsed_tales_leave_what_they_say(
    procedure: str, store_url: str, books_url: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    word = os.environ.get("TALES", "")
    named = word or any(Path(__file__).name in argument for argument in pytestconfig.args)
    every = 1 if named else SAMPLE
    tales = list(some(lambda nr, tale: tale.procedure == procedure and word in tale.name and nr % every == 0))
    if not tales:
        pytest.skip(f"no tale of {procedure} has {word!r} in its name")
    with rehearsing(store_url, books_url, tmp_path, None) as line:
        parts = put_on(line, tales)
        if os.environ.get("TROUBLE"):
            trouble(line, parts, hangs=0)
        play = Play(line, parts, print)
        play.run()
        counts = tally(line.journals())
        seller = line.control("GET", "/books")
    accounts = [part.account for part in parts]
    wrong = play.wrong_outcomes()
    wrong += [told_by(each, accounts) for each in differences(accounts, seller, play.cases())]
    print(f"\nways of {procedure} that no tale went:", *sorted(counts.missing(procedure)), sep="\n  ")
    print(f"outcomes of {procedure} that fewer than two had: {counts.rare(procedure)}")
    assert not wrong, "\n" + "\n".join(sorted(wrong))
