"""Each patch still has something to patch, on the version it was written for."""

from __future__ import annotations

import inspect
import uuid

import prefect
import prefect.flow_engine
import prefect.flow_runs
import prefect.results
import pytest

from flows import forms, prefect_patches


def test_prefect_is_the_version_that_the_patches_were_seen_on() -> None:
    """On an upgrade: read each reason again, then move SEEN_ON."""
    assert prefect.__version__ == prefect_patches.SEEN_ON


def test_stock_suspend_still_takes_the_state_before_it_saves_the_form() -> None:
    source = inspect.getsource(prefect.flow_runs.suspend_flow_run)
    assert source.index("propose_state_sync") < source.index("wait_for_input.save")


def test_the_engine_still_observes_suspension_and_beats_in_a_thread_for_each_run() -> None:
    setup = prefect.flow_engine.BaseFlowRunEngine.setup_flow_run_suspension_request
    assert "observe_flow_run_suspension(" in inspect.getsource(setup)
    assert "with _send_heartbeats(self)" in inspect.getsource(prefect.flow_engine.FlowRunEngine.run_context)


def test_the_engine_still_asks_the_server_where_results_go() -> None:
    for asks in (prefect.results._get_default_result_storage, prefect.results._get_default_persist_result):
        assert "_read_server_default_result_storage_block_id()" in inspect.getsource(asks)


def test_every_lightened_name_exists() -> None:
    for module, name, _ in prefect_patches.LIGHTENED:
        assert callable(getattr(module, name))


@pytest.mark.parametrize("key", ["mg_2026_1-2", "MG-2026-000001-17", "", "-1", "mg--2", "mg-2 "])
def test_a_key_that_prefect_could_not_resume_is_refused(key: str) -> None:
    with pytest.raises(prefect_patches.KeyMalformed):
        prefect_patches.suspend(uuid.uuid4(), forms.approval("# packet"), key)
