"""The rehearsal: all sixty cases without Prefect, pages and processes; the books compared to the cent."""

from __future__ import annotations

from pathlib import Path

import httpx

from makegood.sandbox.app import make_app
from tests.acceptance.choosing import cast
from tests.acceptance.comparison import differences
from tests.acceptance.expectation import expect
from tests.acceptance.part import Part
from tests.acceptance.play import Play
from tests.acceptance.rehearsal import Rehearsal, make_desk
from tests.acceptance.retail import RETAIL, needs_retail, orders_in
from tests.acceptance.scenarios import STORIES
from tests.sandbox.serving import listening, serving


@needs_retail
def test_rehearsed_books_agree_with_the_expectation(
    store_url: str, database_url: str, tmp_path: Path
) -> None:
    with listening() as listener:
        app = make_app(
            database_url=database_url,
            webhook_url=listener.address,
            webhook_secret="nobody checks it here",
            sample=False,
            data_dir=RETAIL,
        )
        with serving(app) as address, httpx.Client(base_url=address, timeout=30) as sandbox:
            line = Rehearsal(make_desk(store_url, address, tmp_path), sandbox, listener)
            now = line.now()
            parts = [Part(plot, expect(plot, now)) for plot in cast(STORIES, orders_in(sandbox), now)]
            play = Play(line, parts, print)
            play.run()
            seller = sandbox.get("/books").json()
    assert play.wrong_outcomes() == []
    assert differences([part.expected for part in parts], seller, play.cases()) == []
