"""The Seller API's description: complete, readable without the internet, and true."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from makegood import databases, postgres
from makegood.sandbox.app import make_app
from tests.sandbox.serving import serving

DOCUMENT = Path(__file__).parents[2] / "docs" / "seller-api.md"
DESCRIPTION = make_app(database_url="postgresql://nowhere/none").openapi()
schema = schemathesis.openapi.from_dict(DESCRIPTION)


@pytest.fixture(scope="module")
def one_sandbox(postgres_server: postgres.Server) -> Iterator[str]:
    databases.create_database(postgres_server.url, "described")
    with serving(make_app(database_url=postgres_server.database("described"))) as address:
        yield address
    databases.drop_database(postgres_server.url, "described")


@schema.exclude(path_regex="^/(reset|faults)").parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_is_answered_as_described(one_sandbox: str, case: Case[Any]) -> None:
    case.call_and_validate(
        base_url=one_sandbox,
        checks=[not_a_server_error, status_code_conformance, response_schema_conformance],
    )


def test_every_operation_is_tagged_summed_up_and_names_its_errors() -> None:
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            place = f"{method} {path}"
            assert operation["tags"] in (["Seller API"], ["Sandbox controls"]), place
            assert operation["summary"].endswith("."), place
            assert {"422", "500"} <= set(operation["responses"]), place


def test_every_operation_stands_in_the_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [
        f"{method.upper()} {path}"
        for path, methods in DESCRIPTION["paths"].items()
        for method in methods
        if f"{method.upper()} {re.sub('{.*?}', '{}', path)}" not in re.sub("{.*?}", "{}", text)
    ]
    assert missing == []


def test_the_page_fetches_nothing_from_elsewhere(sandbox: httpx.Client) -> None:
    page = sandbox.get("/docs").text
    assert "/payments/{payment_id}/refunds" in page
    assert "over_refund" in page
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", page) == []


def test_a_token_is_asked_for_when_the_seller_has_one(database_url: str) -> None:
    app = make_app(database_url=database_url, token="secret")
    with serving(app) as address, httpx.Client(base_url=address) as sandbox:
        refused = sandbox.get("/orders/DE-1001")
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorised")
        allowed = sandbox.get("/orders/DE-1001", headers={"Authorization": "Bearer secret"})
        assert allowed.status_code == 200
        assert sandbox.get("/clock").status_code == 200


def test_a_sandbox_without_a_database_says_what_to_set(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKEGOOD_SANDBOX_DATABASE_URL", raising=False)
    with pytest.raises(LookupError, match="MAKEGOOD_SANDBOX_DATABASE_URL"):
        make_app()


def test_the_environment_is_enough_for_a_factory(
    database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEGOOD_SANDBOX_DATABASE_URL", database_url)
    monkeypatch.setenv("MAKEGOOD_WEBHOOK_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("MAKEGOOD_WEBHOOK_SECRET", "s")
    monkeypatch.setenv("MAKEGOOD_SELLER_TOKEN", "t")
    app = make_app()
    setup = app.state.world.setup
    assert (setup.webhook_url, setup.webhook_secret, setup.token) == ("http://127.0.0.1:9", b"s", "t")
    with serving(app) as address:
        assert httpx.get(f"{address}/health").status_code == 200


def test_a_sandbox_goes_on_after_its_connections_were_cut(
    sandbox: httpx.Client, books_url: str, postgres_server: postgres.Server
) -> None:
    def cut_all() -> None:
        url = postgres_server.url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND datname = %s",
                (books_url.rpartition("/")[2],),
            )

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: sandbox.get("/orders"), range(12)))
    cut_all()
    answer = sandbox.get("/clock")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "unavailable")
    assert [sandbox.get("/clock").status_code for _ in range(12)] == [200] * 12
