"""Settings: what wins, where keys come from, and what is said when they are missing."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from makegood.settings import (
    MasterKeyMalformed,
    MasterKeyMissing,
    Settings,
    find_home,
    make_master_key,
)


def test_the_running_instance_is_read_when_the_environment_is_silent(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "instance.json").write_text(
        json.dumps({"web": "http://127.0.0.1:1", "sandbox": "http://127.0.0.1:2"})
    )
    monkeypatch.setenv("MAKEGOOD_SANDBOX_URL", "http://127.0.0.1:3")
    settings = Settings()
    assert settings.web_url == "http://127.0.0.1:1"
    assert settings.sandbox_url == "http://127.0.0.1:3"
    assert settings.prefect_api_url == "http://127.0.0.1:4200/api"


def test_a_broken_instance_file_counts_as_absent(home: Path) -> None:
    (home / "instance.json").write_text("{")
    assert Settings().database_url is None


def test_a_plain_postgres_address_gets_its_driver(home: Path) -> None:
    assert Settings(database_url="postgres://u@h/db").database_url == "postgresql+psycopg://u@h/db"
    assert Settings(database_url="postgresql://u@h/db").database_url == "postgresql+psycopg://u@h/db"


def test_the_master_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "master.key"
    make_master_key(path)
    first = path.read_text()
    make_master_key(path)
    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_purpose_has_a_secret_of_its_own(home: Path) -> None:
    settings = Settings()
    secrets = {
        settings.webhook_bytes(),
        settings.intake_bytes(),
        settings.link_bytes(),
        settings.master_bytes(),
    }
    assert len(secrets) == 4
    assert settings.webhook_bytes() == Settings().webhook_bytes()


def test_a_secret_that_is_given_is_used_as_it_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_WEBHOOK_SECRET", "given by the carrier")
    assert Settings().webhook_bytes() == b"given by the carrier"


def test_a_missing_key_says_where_it_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyMissing, match="MAKEGOOD_MASTER_KEY"):
        Settings(home=tmp_path).master_bytes()


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "00" * 31])
def test_a_malformed_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "master.key").write_text(text)
    with pytest.raises(MasterKeyMalformed):
        Settings(home=tmp_path).master_bytes()


def test_secrets_are_not_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_LINK_SECRET", "hush")
    assert "hush" not in repr(Settings())


def test_an_unknown_zone_is_refused_with_an_example(home: Path) -> None:
    with pytest.raises(ValidationError, match="Europe/Berlin"):
        Settings(default_zone="Mars/Olympus")


def test_home_is_found_from_a_subfolder(tmp_path: Path) -> None:
    (tmp_path / ".makegood").mkdir()
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    assert find_home(tmp_path / "docs" / "deep") == tmp_path / ".makegood"
    assert find_home(tmp_path) == tmp_path / ".makegood"


@pytest.mark.parametrize(
    "name", ["MAKEGOOD_PREFECT_AUTH", "PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING"]
)
def test_what_prefects_server_asks_for_is_known_by_any_of_its_names(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert Settings().prefect_password is None
    (home / "instance.json").write_text(json.dumps({"prefect_auth": "of:theinstance"}))
    assert Settings().prefect_password == "of:theinstance"
    monkeypatch.setenv(name, "door:keeper")
    settings = Settings()
    assert settings.prefect_password == "door:keeper"
    assert "keeper" not in repr(settings)


def test_makegoods_own_name_for_it_goes_before_prefects(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "a:b")
    monkeypatch.setenv("MAKEGOOD_PREFECT_AUTH", "c:d")
    assert Settings().prefect_password == "c:d"
    assert Settings(prefect_auth="e:f").prefect_password == "e:f"  # type: ignore[arg-type]
