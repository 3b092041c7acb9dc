"""Each way of failing has its own name: the difference between done, not done and who knows."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from makegood.gateways.answers import retry_after
from makegood.gateways.http import Endpoint
from makegood.gateways.outcomes import Outcome, Refused, Unavailable, Unknown
from makegood.gateways.results import Result, Sent
from tests.gateways.conftest import Provider

KEY = "MG-2026-000001:refund:1"


class Thing(Result):
    name: str


def post(endpoint: Endpoint) -> Sent:
    return endpoint.post(Sent, "/things/{}", "a b?", key=KEY, body={"reference": KEY})


def test_a_post_carries_key_token_and_quoted_names(provider: Provider, endpoint: Endpoint) -> None:
    provider.script.status = 201
    provider.script.body = {"id": "t-1", "news_of_a_later_version": True}
    assert post(endpoint) == Sent(ref="t-1")
    method, path, headers, body = provider.script.seen[0]
    assert (method, path) == ("POST", "/things/a%20b%3F")
    assert headers["Idempotency-Key"] == KEY
    assert headers["Authorization"] == "Bearer secret-token"
    assert body == b'{"reference":"MG-2026-000001:refund:1"}'


def test_nobody_listening_is_unavailable_and_says_where_and_how_to_start(
    nobody: Callable[[], Endpoint],
) -> None:
    endpoint = nobody()
    for call in (lambda: post(endpoint), lambda: endpoint.get(Thing, "/things")):
        with pytest.raises(Unavailable) as caught:
            call()
        assert endpoint.address in str(caught.value)
        assert "makegood sandbox" in str(caught.value)
        assert not caught.value.lasting


def test_a_post_without_an_answer_in_time_is_unknown(provider: Provider, client: httpx.Client) -> None:
    provider.script.hang = 2.0
    with pytest.raises(Unknown, match="in time"):
        post(Endpoint(client, provider.address, who="the test provider"))
    assert len(provider.script.seen) == 1


def test_a_post_whose_connection_breaks_is_unknown(provider: Provider, endpoint: Endpoint) -> None:
    provider.script.drop = True
    with pytest.raises(Unknown, match="may have happened"):
        post(endpoint)
    assert len(provider.script.seen) == 1


def test_an_answer_that_drips_past_the_patience_is_cut_off(provider: Provider, endpoint: Endpoint) -> None:
    provider.script.body = {"id": "t" * 60}
    provider.script.drip = 0.05
    with pytest.raises(Unknown, match="too long"):
        post(endpoint)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_server_error_to_a_post_is_unknown(provider: Provider, endpoint: Endpoint, status: int) -> None:
    provider.script.status = status
    provider.script.body = {"error": {"code": "unavailable", "message": "later"}}
    with pytest.raises(Unknown):
        post(endpoint)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_means_that_nothing_was_done(provider: Provider, endpoint: Endpoint, status: int) -> None:
    provider.script.status = status
    provider.script.headers = {"Retry-After": "120"}
    for call in (lambda: post(endpoint), lambda: endpoint.get(Thing, "/things")):
        with pytest.raises(Unavailable) as caught:
            call()
        assert caught.value.retry_after == timedelta(seconds=120)
    assert len(provider.script.seen) == 2, "two minutes are too long to be waited out in a call"


def test_a_first_call_still_being_worked_on_is_unknown(provider: Provider, endpoint: Endpoint) -> None:
    provider.script.status = 409
    provider.script.body = {"error": {"code": "idempotency_in_progress", "message": ""}}
    with pytest.raises(Unknown):
        post(endpoint)


def test_a_coded_error_is_a_refusal_with_its_values(provider: Provider, endpoint: Endpoint) -> None:
    provider.script.status = 422
    provider.script.body = {
        "error": {"code": "over_refund", "message": "Jana wants too much", "known": ["1"]}
    }
    with pytest.raises(Refused) as caught:
        post(endpoint)
    assert (caught.value.code, caught.value.known) == ("over_refund", ("1",))
    assert caught.value.message == "Jana wants too much"
    assert "Jana" not in str(caught.value) + repr(caught.value)


def test_a_code_that_is_a_sentence_is_not_taken_for_a_code(provider: Provider, endpoint: Endpoint) -> None:
    provider.script.status = 422
    provider.script.body = {"error": {"code": "no refund for jana@example.test"}}
    with pytest.raises(Refused) as caught:
        post(endpoint)
    assert caught.value.code == "http_422"


@pytest.mark.parametrize("status", [301, 401, 404])
def test_what_only_a_person_can_mend_is_lasting(provider: Provider, endpoint: Endpoint, status: int) -> None:
    provider.script.status = status
    provider.script.body = b"<html>not the API</html>"
    provider.script.headers = {"Location": "http://127.0.0.1:9/"} if status == 301 else {}
    for call in (lambda: post(endpoint), lambda: endpoint.get(Thing, "/things")):
        with pytest.raises(Unavailable) as caught:
            call()
        assert caught.value.lasting
    assert len(provider.script.seen) == 2, "it is not tried again"


def test_an_answer_that_does_not_fit_is_unknown_and_not_quoted(
    provider: Provider, endpoint: Endpoint
) -> None:
    provider.script.body = {"ident": "jana@example.test"}
    with pytest.raises(Unknown, match="does not fit at id") as caught:
        post(endpoint)
    assert "jana" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_get_that_fails_is_tried_again_for_a_moment(provider: Provider, endpoint: Endpoint) -> None:
    provider.script.status = 500
    mended = threading.Timer(0.3, lambda: provider.script.__dict__.update(status=200, body={"name": "x"}))
    mended.start()
    assert endpoint.get(Thing, "/things") == Thing(name="x")
    assert len(provider.script.seen) > 1


def test_a_get_gives_up_after_three_seconds(provider: Provider, endpoint: Endpoint) -> None:
    provider.script.drop = True
    started = datetime.now(UTC)
    with pytest.raises(Unavailable):
        endpoint.get(Thing, "/things")
    assert datetime.now(UTC) - started < timedelta(seconds=5)


def test_what_need_not_be_there_is_none(provider: Provider, endpoint: Endpoint) -> None:
    provider.script.status = 404
    provider.script.body = {"error": {"code": "thing_not_found", "message": ""}}
    assert endpoint.find(Thing, "/things/{}", "x") is None
    provider.script.body = {"error": {"code": "no_such_route", "message": ""}}
    with pytest.raises(Refused):
        endpoint.find(Thing, "/things/{}", "x")


def test_logs_name_the_route_and_the_key_but_nobody(
    provider: Provider, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    provider.script.status = 400
    provider.script.body = {"error": {"code": "bad", "message": "jana@example.test is unknown"}}
    with pytest.raises(Outcome):
        endpoint.get(Thing, "/orders", query={"email": "jana@example.test"})
    with pytest.raises(Outcome):
        endpoint.post(Thing, "/messages", key=KEY, body={"to": "jana@example.test"})
    assert "jana" not in caplog.text
    assert "POST /messages MG-2026-000001:refund:1: refused: bad" in caplog.text


def test_a_server_that_accepts_and_says_nothing_does_not_hold_a_get_for_long(client: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        endpoint = Endpoint(client, f"http://127.0.0.1:{mute.getsockname()[1]}", who="a mute server")
        with pytest.raises(Unavailable, match="in time"):
            endpoint.get(Thing, "/things", retry=False)


def test_an_address_that_is_none_is_unavailable(client: httpx.Client) -> None:
    for address in ("localhost:1", "ftp://x", "http://[::", ""):
        with pytest.raises(Unavailable):
            post(Endpoint(client, address, who="nobody"))


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("7", timedelta(seconds=7)),
        ("Mon, 02 Mar 2026 09:00:30 GMT", timedelta(seconds=30)),
        ("Mon, 02 Mar 2026 08:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("9" * 400, timedelta(days=1)),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, wait: timedelta | None) -> None:
    assert retry_after(header, datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) == wait
