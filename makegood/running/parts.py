"""What each part is: the command that starts it, its environment, and the address that it answers at."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from makegood.running.addresses import HOST
from makegood.running.instance import Instance

ORDER = ("postgres", "prefect", "sandbox", "web", "worker")

# stopped in this order, each row at once: the worker needs all the others to finish its legs
STOPPING = (("worker",), ("web", "sandbox", "prefect"), ("postgres",))

# seconds that a part gets to end by itself: a worker finishes the legs that it is in
PATIENCE = {"worker": 35.0, "web": 5.0, "sandbox": 5.0, "prefect": 8.0, "postgres": 20.0}

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Part:
    """`arguments` are Python's. A part without `health` is ready when its process has lasted a while."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    health: str | None = None


def all_parts(instance: Instance) -> dict[str, Part]:
    """Every part but PostgreSQL, which `makegood.postgres` starts."""
    database = {"MAKEGOOD_SANDBOX_DATABASE_URL": instance.databases["sandbox"]}
    return {
        "prefect": _prefect(instance, instance.databases["prefect"]),
        # its webhooks go straight to the desk, past any proxy
        "sandbox": _app("sandbox", instance.sandbox, {**database, "MAKEGOOD_WEB_URL": instance.web}),
        "web": _app("web", instance.web, {}),
        "worker": Part("worker", ("-m", "flows.worker")),
    }


def environment(home: Path, instance: Instance) -> dict[str, str]:
    """Of every part. What the caller's environment says about settings of ours is kept; so are the addresses
    by which others know desk and Prefect, when a proxy stands before them."""
    inherited = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    return {
        **inherited,
        "PYTHONUNBUFFERED": "1",
        "MAKEGOOD_HOME": str(home),
        "MAKEGOOD_DATABASE_URL": instance.database_url,
        "MAKEGOOD_CLOCK": instance.clock,
        "MAKEGOOD_PREFECT_API_URL": instance.prefect_api,
        "MAKEGOOD_PREFECT_UI_URL": _public("MAKEGOOD_PREFECT_UI_URL", instance.prefect_ui),
        "MAKEGOOD_WEB_URL": _public("MAKEGOOD_WEB_URL", instance.web),
        "MAKEGOOD_SANDBOX_URL": instance.sandbox,
        "MAKEGOOD_SELLER_API_URL": instance.seller_api,
        "PREFECT_API_URL": instance.prefect_api,
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # no server: an error, not a private one
        "PREFECT_CLI_PROMPT": "false",
        "DO_NOT_TRACK": "1",
        "SCARF_NO_ANALYTICS": "1",
        **_door(instance),
    }


def _door(instance: Instance) -> dict[str, str]:
    """What Prefect's server asks for is what everybody who calls it brings along."""
    if instance.prefect_auth is None:
        return {}
    return dict.fromkeys(DOOR, instance.prefect_auth)


DOOR = ("MAKEGOOD_PREFECT_AUTH", "PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING")

# Where bytecode may not be written, each process compiles Prefect again: seconds.
_UNWANTED = {"PYTHONDONTWRITEBYTECODE", "PREFECT_PROFILE", "PREFECT_API_KEY", "MAKEGOOD_OWNER_DATABASE_URL"}


def _public(name: str, own: str) -> str:
    return os.environ.get(name) or own


def app_path(room: str) -> str:
    """Where uvicorn finds the function that makes a room's web application."""
    return f"makegood.{room}.app:make_app"


def _app(room: str, address: str, extra: Mapping[str, str]) -> Part:
    """Without an access log: the addresses of progress pages are secrets of customers."""
    port = address.rpartition(":")[2]
    arguments = ("-m", "uvicorn", "--factory", app_path(room), "--host", HOST, "--port", port)
    options = ("--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "3")
    return Part(room, (*arguments, *options), extra, f"{address}/health")


PREFECT_TUNING = {
    # Five connections are kept by default, and ten more opened and closed in every rush; to open one costs as
    # much as a request. The caches hold the statements of a connection: Prefect has more than their hundred.
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_POOL_SIZE": "20",
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS_STATEMENT_CACHE_SIZE": "500",
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS_PREPARED_STATEMENT_CACHE_SIZE": "500",
}
"""Of Prefect's server; what the environment says goes first."""


def _prefect(instance: Instance, database_url: str) -> Part:
    port = instance.prefect_ui.rpartition(":")[2]
    public = _public("MAKEGOOD_PREFECT_UI_URL", instance.prefect_ui)
    extra = {
        **{name: os.environ.get(name, value) for name, value in PREFECT_TUNING.items()},
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database_url,
        "PREFECT_SERVER_UI_API_URL": f"{public}/api",
        "PREFECT_UI_URL": public,  # of the links in Prefect's own notifications
        "PREFECT_SERVER_UI_V2_ENABLED": "false",  # its run page has no Resume button (Prefect 3.8.8)
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # Runs are kept for ever unless this is set, and the database grows (PrefectHQ/prefect#16054). Our
        # journal and approvals outlive it, so old runs may go. Set it in the environment, e.g. for 90 days:
        #   PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED=events,flow_runs
        #   PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD=7776000
    }
    arguments = ("-m", "flows.prefect_server", "server", "start", "--host", HOST, "--port", port)
    return Part("prefect", arguments, extra, f"{instance.prefect_api}/health")
