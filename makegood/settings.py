"""The settings of one installation: environment first, then the running instance, then defaults."""

from __future__ import annotations

import json
import os
import re
import secrets
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from makegood.core.errors import MakegoodError

# The ports that `makegood up` takes when they are free; else instance.json says which were taken.
PREFECT_PORT = 4200
WEB_PORT = 8600
SANDBOX_PORT = 8601
POSTGRES_PORT = 54330

_HOME_NAME = ".makegood"
_KEY_FILE = "master.key"
_INSTANCE_FILE = "instance.json"


class MasterKeyMissing(MakegoodError):
    """No key to open personal fields with: neither in the environment nor in the home folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"no master key: set MAKEGOOD_MASTER_KEY (64 hex digits), or run `make up`, which makes {path}"
        )


class MasterKeyMalformed(MakegoodError):
    """The master key is not 32 bytes in hex."""

    def __init__(self, source: str) -> None:
        self.source = source
        super().__init__(f"the master key in {source} must be 64 hex digits (32 bytes)")


def find_home(start: Path) -> Path:
    """The home folder of the nearest enclosing checkout, so that commands work from its subfolders too."""
    for folder in (start, *start.parents):
        if (folder / _HOME_NAME).is_dir():
            return folder / _HOME_NAME
    return start / _HOME_NAME


def home_folder() -> Path:
    """MAKEGOOD_HOME, or else the folder that `find_home` finds from the current one; always absolute."""
    named = os.environ.get("MAKEGOOD_HOME")
    return (Path(named).expanduser() if named else find_home(Path.cwd())).resolve()


class _InstanceSource(PydanticBaseSettingsSource):
    """Addresses of the instance that `makegood up` started from this home, below the environment."""

    _names = {  # noqa: RUF012  # read only: key in instance.json -> setting
        "database_url": "database_url",
        "prefect_api": "prefect_api_url",
        "prefect_ui": "prefect_ui_url",
        "web": "web_url",
        "sandbox": "sandbox_url",
        "seller_api": "seller_api_url",
        "clock": "clock",
        "prefect_auth": "prefect_auth",
    }

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError  # all fields are read at once in __call__

    def __call__(self) -> dict[str, Any]:
        try:
            instance = json.loads((home_folder() / _INSTANCE_FILE).read_text())
        except (OSError, ValueError):
            return {}
        return {name: instance[key] for key, name in self._names.items() if instance.get(key) is not None}


class Settings(BaseSettings):
    """Every setting is `MAKEGOOD_<NAME>` in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="MAKEGOOD_", extra="ignore", frozen=True, env_ignore_empty=True, populate_by_name=True
    )

    home: Path = Field(default_factory=home_folder, description="Folder of keys, logs and data.")
    database_url: str | None = Field(None, description="Ticket store; unset means the embedded PostgreSQL.")
    owner_database_url: str | None = Field(
        None, description="The same database under the role that owns its tables, for migrations."
    )
    prefect_database_url: str | None = Field(None, description="Unset: beside the store.")
    sandbox_database_url: str | None = Field(None, description="Unset: beside the store.")
    clock: Literal["system", "sandbox"] = Field("system", description="`sandbox`: time can be moved forward.")

    prefect_api_url: str = f"http://127.0.0.1:{PREFECT_PORT}/api"
    prefect_ui_url: str = f"http://127.0.0.1:{PREFECT_PORT}"
    web_url: str = f"http://127.0.0.1:{WEB_PORT}"
    sandbox_url: str = f"http://127.0.0.1:{SANDBOX_PORT}"
    seller_api_url: str = Field(
        f"http://127.0.0.1:{SANDBOX_PORT}",
        description="Shop, payments, warehouse, carrier and mail of the seller.",
    )
    seller_token: SecretStr | None = Field(None, description="Bearer token of the Seller API.")

    prefect_auth: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices(
            "MAKEGOOD_PREFECT_AUTH", "PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING"
        ),
        description="`user:password` that Prefect's server asks everybody for.",
    )
    master_key: SecretStr | None = Field(None, description="64 hex digits; unset: the file home/master.key.")
    webhook_secret: SecretStr | None = Field(None, description="Signs webhooks; unset: from the master key.")
    intake_secret: SecretStr | None = Field(None, description="Signs intake; unset: from the master key.")
    link_secret: SecretStr | None = Field(None, description="Signs links; unset: from the master key.")
    metrics_token: SecretStr | None = Field(None, description="Bearer token of the page /metrics.")

    sops: Path | None = Field(None, description="A further folder of procedures, outside the repository.")
    data: Path | None = Field(None, description="A folder of third-party orders for the sandbox to load.")
    default_locale: str = Field("en", description="Language of a customer who has told none.")
    default_zone: str = Field("UTC", description="Time zone of a customer who has told none (IANA name).")
    worker_limit: int = Field(16, ge=1, le=64, description="Legs that one worker drives at the same time.")
    bulk_processes: int | None = Field(
        None, ge=1, le=16, description="Processes that share a bulk run; unset: one a core, four at most."
    )
    steps_as_task_runs: bool = Field(True, description="Each step shows in the Prefect UI; off is faster.")
    restart_pause: float = Field(
        60, ge=0, description="Longest pause, in seconds, before what keeps dying is started again."
    )
    demo: bool = Field(False, description="Open sample cases and make demo people at the first start.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _InstanceSource(settings_cls)

    @field_validator("database_url", "owner_database_url", "sandbox_database_url")
    @classmethod
    def _psycopg(cls, url: str | None) -> str | None:
        """`postgres://` and `postgresql://` are understood; SQLAlchemy needs the driver's name."""
        return None if url is None else re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", url)

    @field_validator("default_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{zone!r} is no IANA time zone, such as Europe/Berlin") from error
        return zone

    @property
    def key_file(self) -> Path:
        return self.home / _KEY_FILE

    @property
    def instance_file(self) -> Path:
        return self.home / _INSTANCE_FILE

    @property
    def prefect_password(self) -> str | None:
        """The whole of `prefect_auth`, in the clear."""
        return None if self.prefect_auth is None else self.prefect_auth.get_secret_value()

    def master_bytes(self) -> bytes:
        """32 bytes. Raises MasterKeyMissing or MasterKeyMalformed."""
        if self.master_key is not None:
            return _parse_key(self.master_key.get_secret_value(), "MAKEGOOD_MASTER_KEY")
        try:
            return _parse_key(self.key_file.read_text(), str(self.key_file))
        except FileNotFoundError:
            raise MasterKeyMissing(self.key_file) from None

    def webhook_bytes(self) -> bytes:
        """The key of webhook signatures: the UTF-8 of the secret's text, as a vendor would enter it."""
        return self._secret(self.webhook_secret, "webhook")

    def intake_bytes(self) -> bytes:
        """The key of intake signatures."""
        return self._secret(self.intake_secret, "intake")

    def link_bytes(self) -> bytes:
        """The key of customers' progress links and of the desk's session cookies."""
        return self._secret(self.link_secret, "link")

    def waiting_bytes(self) -> bytes:
        """What Prefect's automation shows at the door of waiting runs."""
        return self._secret(None, "waiting")

    def _secret(self, given: SecretStr | None, purpose: str) -> bytes:
        text = given.get_secret_value() if given is not None else derive(self.master_bytes(), purpose)
        return text.encode()


@cache
def derive(master: bytes, purpose: str) -> str:
    """A secret of its own for each purpose, as 64 hex digits; the master key cannot be told from it."""
    # imported here: the command line reads settings without needing a key
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=f"makegood {purpose}".encode()).derive(master).hex()


def make_master_key(path: Path) -> None:
    """Writes a new key, readable by its owner alone; an existing file is never touched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _parse_key(text: str, source: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        raise MasterKeyMalformed(source) from None
    if len(key) != 32:
        raise MasterKeyMalformed(source)
    return key
