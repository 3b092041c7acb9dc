"""A process of a bulk run, as `makegood bulk` and the bulk flow start it."""

from __future__ import annotations

import pytest

from makegood.desk import bulk
from makegood.running import share
from tests.desk.bench import KEY


def test_it_drains_once_for_each_name_and_ends_with_its_run(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEGOOD_DATABASE_URL", store_url)
    monkeypatch.setenv("MAKEGOOD_MASTER_KEY", KEY.hex())
    with bulk.started(share.COMMAND, 1) as shares:
        assert shares.drain("first") == bulk.Drained({})
        assert shares.drain("second") == bulk.Drained({})
