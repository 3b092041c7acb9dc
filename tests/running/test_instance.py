"""home/instance.json, ports, and what is said about parts that are down."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from makegood.running import addresses, instance, parts, report
from makegood.running.instance import Instance, StartUnderWay
from makegood.running.processes import Process, identify
from makegood.settings import Settings


def an_instance(**changes: object) -> Instance:
    values: dict[str, object] = {
        "prefect_ui": "http://127.0.0.1:9",
        "prefect_api": "http://127.0.0.1:9/api",
        "web": "http://127.0.0.1:9",
        "sandbox": "http://127.0.0.1:9",
        "seller_api": "http://127.0.0.1:9",
        "database_url": "postgresql+psycopg://app:secret@127.0.0.1:5/makegood",
        "clock": "sandbox",
        "databases": {"prefect": "p", "sandbox": "s"},
    }
    return Instance(**{**values, **changes})  # type: ignore[arg-type]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    running = an_instance(keeper=Process(2, 3.5)).with_process("worker", Process(7, 1.25))
    instance.write(tmp_path, running)
    assert instance.read(tmp_path) == running
    assert stat.S_IMODE((tmp_path / "instance.json").stat().st_mode) == 0o600


def test_the_settings_of_other_commands_follow_the_instance(home: Path) -> None:
    instance.write(home, an_instance(web="http://127.0.0.1:77"))
    settings = Settings()
    assert settings.web_url == "http://127.0.0.1:77"
    assert settings.clock == "sandbox"
    assert settings.database_url == "postgresql+psycopg://app:secret@127.0.0.1:5/makegood"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pids": {}}'])
def test_a_file_that_cannot_be_understood_counts_as_absent(tmp_path: Path, text: str) -> None:
    (tmp_path / "instance.json").write_text(text)
    assert instance.read(tmp_path) is None


def test_two_starts_at_once_are_refused(tmp_path: Path) -> None:
    with instance.lock(tmp_path), pytest.raises(StartUnderWay), instance.lock(tmp_path):
        pass


def test_a_dead_part_is_known_by_its_process(tmp_path: Path) -> None:
    running = an_instance().with_process("web", identify(os.getpid())).with_process("worker", Process(1, 0.0))
    assert running.dead == ["worker"]
    assert not running.is_kept


def test_a_taken_port_gives_way_to_a_free_one() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        wish = other.getsockname()[1]
        taken: set[int] = set()
        chosen = addresses.choose_port(wish, taken)
    assert chosen != wish
    assert taken == {chosen}


def test_no_port_is_given_twice(free_port: int) -> None:
    taken: set[int] = set()
    assert addresses.choose_port(free_port, taken) != addresses.choose_port(free_port, taken)


def test_what_is_down_is_named_with_its_address(tmp_path: Path, free_port: int) -> None:
    place = f"http://127.0.0.1:{free_port}"
    running = an_instance(web=place).with_process("worker", Process(1, 0.0))
    down = report.down_parts(Settings(home=tmp_path), running)
    assert down["web"] == f"nothing answers at {place}"
    assert down["worker"] == "its process has ended"


def test_before_the_first_start_everything_is_down(tmp_path: Path) -> None:
    assert set(report.down_parts(Settings(home=tmp_path), None)) == set(parts.ORDER)


def test_no_password_is_shown_on_the_screen() -> None:
    shown = report.without_password("postgresql+psycopg://app:secret@127.0.0.1:5/makegood")
    assert shown == "postgresql+psycopg://app@127.0.0.1:5/makegood"


def test_the_link_to_approvals_reaches_back_a_year() -> None:
    assert report.approvals_link("http://x") == "http://x/runs?state=Suspended&type=span&seconds=-31536000"


def test_parts_do_not_inherit_what_would_mislead_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PREFECT_API_URL", "http://elsewhere/api")
    monkeypatch.setenv("MAKEGOOD_OWNER_DATABASE_URL", "postgresql://owner@h/db")
    monkeypatch.setenv("MAKEGOOD_SOPS", "/srv/sops")
    environment = parts.environment(tmp_path, an_instance())
    assert environment["PREFECT_API_URL"] == "http://127.0.0.1:9/api"
    assert environment["MAKEGOOD_SOPS"] == "/srv/sops"
    assert not {"PYTHONDONTWRITEBYTECODE", "MAKEGOOD_OWNER_DATABASE_URL"} & set(environment)


def test_what_prefects_server_asks_for_goes_to_every_part_that_calls_it(tmp_path: Path) -> None:
    assert not set(parts.DOOR) & parts.environment(tmp_path, an_instance()).keys()
    told = parts.environment(tmp_path, an_instance(prefect_auth="door:keeper"))
    assert {told[name] for name in parts.DOOR} == {"door:keeper"}


def test_parts_know_the_addresses_by_which_others_know_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEGOOD_WEB_URL", "https://desk.example.com")
    monkeypatch.setenv("MAKEGOOD_PREFECT_UI_URL", "https://prefect.example.com")
    told = parts.environment(tmp_path, an_instance())
    assert told["MAKEGOOD_WEB_URL"] == "https://desk.example.com"
    all_parts = parts.all_parts(an_instance())
    server = all_parts["prefect"].environment
    assert server["PREFECT_SERVER_UI_API_URL"] == "https://prefect.example.com/api"
    assert server["PREFECT_UI_URL"] == "https://prefect.example.com"
    assert all_parts["sandbox"].environment["MAKEGOOD_WEB_URL"] == "http://127.0.0.1:9", (
        "webhooks go straight"
    )
