"""A Resume is heard in the moment in which it is pressed, and again after Prefect's server was away."""

from __future__ import annotations

import threading
import time
import uuid
from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Scheduled

from flows import ears
from flows.ears import Ears
from makegood.gateways.prefect import Prefect
from tests.flows.conftest import PrefectServer, until


def resume(client: SyncPrefectClient, prefect: Prefect) -> None:
    """As Prefect's own Resume sets it."""
    deployment = prefect.deployment("refund/legs")
    run = client.create_flow_run_from_deployment(deployment, parameters={"case": f"MG-{uuid.uuid4()}"})
    client.set_flow_run_state(run.id, Scheduled(name="Resuming"), force=True)


def test_whoever_listens_is_woken_by_a_resume(prefect_server: PrefectServer, prefect: Prefect) -> None:
    woken = threading.Event()
    with temporary_settings({PREFECT_API_URL: prefect_server.api}), get_client(sync_client=True) as client:
        listening = Ears(woken.set)
        listening.open()
        until(lambda: listening.hearing, 20)
        until(woken.is_set, 5)  # for what was resumed before
        for _ in range(3):
            woken.clear()
            time.sleep(0.2)
            assert not woken.is_set()
            resume(client, prefect)
            assert woken.wait(3)
        listening.close()


def test_without_a_server_nothing_is_heard_and_nobody_dies_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ears, "AGAIN", 0.1)
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        listening = Ears(lambda: None)
        listening.open()
        time.sleep(1)
        assert not listening.hearing
        assert any(thread.name == "ears" for thread in threading.enumerate())
        listening.close()
    assert not any(thread.name == "ears" for thread in threading.enumerate())
