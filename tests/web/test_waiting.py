"""POST /waiting: Prefect says that a run waits, with the token that it was given."""

from __future__ import annotations

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from makegood.web.app import open_app
from makegood.web.site import Site
from tests.desk.bench import Bench
from tests.web.front import INTAKE, SESSION, WEBHOOK


@pytest.fixture
def client(bench: Bench) -> TestClient:
    site = Site(
        desk=bench.desk,
        intake_secret=INTAKE,
        webhook_secret=WEBHOOK,
        session_secret=SESSION,
        waiting_token=b"token",
    )
    return TestClient(open_app(site))


def say(client: TestClient, body: object, token: str = "token") -> int:
    return client.post("/waiting", json=body, headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize("prefix", ["", "prefect.flow-run."])
def test_a_run_without_a_question_is_no_news(client: TestClient, prefix: str) -> None:
    assert say(client, {"run": f"{prefix}{uuid4()}"}) == 200


@pytest.mark.parametrize("token", ["", "other", "tokentoken"])
def test_a_stranger_finds_nothing_here(client: TestClient, token: str) -> None:
    assert say(client, {"run": str(uuid4())}, token) == 404


def test_an_installation_without_the_token_has_no_such_door(front: object, bench: Bench) -> None:
    site = Site(desk=bench.desk, intake_secret=INTAKE, webhook_secret=WEBHOOK, session_secret=SESSION)
    assert say(TestClient(open_app(site)), {"run": str(uuid4())}, "") == 404


@pytest.mark.parametrize("body", [{}, {"run": "no id"}, {"run": str(uuid4()), "more": 1}, []])
def test_what_is_no_run_is_refused(client: TestClient, body: object) -> None:
    assert say(client, body) == 422
