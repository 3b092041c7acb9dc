"""Automations and their blocks, brought to a real Prefect server as often as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events.schemas.automations import Automation, AutomationCore
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import automations
from makegood.settings import Settings
from tests.flows.conftest import PrefectServer

MAIL, SLACK = "makegood · an approval waits", "makegood · an approval waits, to Slack"


@pytest.fixture
def client(prefect_server: PrefectServer) -> Iterator[SyncPrefectClient]:
    with (
        temporary_settings({PREFECT_API_URL: prefect_server.api}),
        get_client(sync_client=True) as opened,
    ):
        yield opened
        for each in opened.read_automations(limit=200):
            opened.delete_automation(each.id)


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(web_url="https://care.example.test")


def there(client: SyncPrefectClient) -> dict[str, Automation]:
    return {each.name: each for each in client.read_automations(limit=200)}


def test_what_is_there_already_is_left_alone(client: SyncPrefectClient, settings: Settings) -> None:
    assert automations.apply(client, settings) == [MAIL]
    before = there(client)
    assert automations.apply(client, settings) == []
    assert there(client) == before
    block = client.read_block_document_by_name("makegood-waiting", "webhook")
    assert block.data["url"] == "https://care.example.test/waiting"


def test_what_somebody_deleted_comes_back_and_what_they_switched_off_stays_off(
    client: SyncPrefectClient, settings: Settings, tmp_path: Path
) -> None:
    automations.apply(client, settings)
    client.delete_automation(there(client)[MAIL].id)
    assert automations.apply(client, settings) == [MAIL]
    client.pause_automation(there(client)[MAIL].id)
    changed = tmp_path / "automations.yaml"
    changed.write_text(automations.FILE.read_text().replace("Tells makegood when", "Tells when"))
    assert automations.apply(client, settings, changed) == [MAIL]
    assert not there(client)[MAIL].enabled
    assert there(client)[MAIL].description.startswith("Tells when")


def test_a_channel_is_told_once_its_variable_is_set_and_no_more_when_it_is_not(
    client: SyncPrefectClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPROVALS_SLACK_WEBHOOK", "https://hooks.slack.example/1")
    assert automations.apply(client, settings) == [MAIL, SLACK]
    monkeypatch.delenv("APPROVALS_SLACK_WEBHOOK")
    assert automations.apply(client, settings) == [f"{SLACK} (removed)"]
    assert set(there(client)) == {MAIL}


def test_a_desk_that_moved_is_told_at_its_new_address(client: SyncPrefectClient, settings: Settings) -> None:
    automations.apply(client, settings)
    moved = settings.model_copy(update={"web_url": "https://elsewhere.example.test"})
    automations.apply(client, moved)
    block = client.read_block_document_by_name("makegood-waiting", "webhook")
    assert block.data["url"] == "https://elsewhere.example.test/waiting"


def test_two_of_one_name_become_one_and_those_of_others_are_none_of_ours(
    client: SyncPrefectClient, settings: Settings
) -> None:
    automations.apply(client, settings)
    twin = AutomationCore.model_validate(there(client)[MAIL].model_dump(exclude={"id"}))
    client.create_automation(twin)
    client.create_automation(twin.model_copy(update={"name": "theirs", "tags": []}))
    automations.apply(client, settings)
    assert sorted(each.name for each in client.read_automations(limit=200)) == [MAIL, "theirs"]


def test_a_machine_without_the_master_key_leaves_makegoods_own_door_out(
    client: SyncPrefectClient, tmp_path: Path
) -> None:
    assert automations.apply(client, Settings(home=tmp_path)) == []
