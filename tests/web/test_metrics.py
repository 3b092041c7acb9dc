"""The page of metrics: who may read it, what is on it, and what dashboard and alerts ask of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from makegood.desk import legs
from makegood.store import outbox, troubles
from makegood.store.words import OutboxVerb
from makegood.web import metrics
from tests.desk.bench import Bench, perform
from tests.desk.test_nothing_twice import until_keep_offer
from tests.web.front import Front

MONITORING = Path(__file__).parents[2] / "deployments" / "monitoring"
HERE = ("127.0.0.1", 50_000)


def page(front: Front, client: tuple[str, int] = HERE, **headers: str) -> Any:
    front.app.state.metrics_page = metrics.Page(fresh=0)
    return TestClient(front.app, client=client).get("/metrics", headers=headers)


def read(front: Front) -> dict[str, float]:
    """`makegood_cases{parked}` -> 1"""
    answer = page(front)
    assert answer.status_code == 200, answer.text
    return {
        sample.name + "".join(f"{{{label}}}" for label in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def names_on_the_page(front: Front) -> set[str]:
    """Also of those that have nothing to count at the moment."""
    said = re.findall(r"^# TYPE (\w+) \w+$", page(front).text, re.MULTILINE)
    return set(said)


def test_only_this_machine_reads_it_and_no_proxy_on_it(front: Front) -> None:
    assert page(front).status_code == 200
    assert page(front, ("203.0.113.9", 50_000)).status_code == 404
    assert page(front, **{"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_whoever_has_the_token_reads_it_from_anywhere(front: Front) -> None:
    far = ("203.0.113.9", 50_000)
    front.app.state.site = replace(front.app.state.site, metrics_token=b"a long secret")
    assert page(front, far, Authorization="Bearer a long secret").status_code == 200
    assert page(front, far, Authorization="Bearer another").status_code == 404
    assert page(front, far).status_code == 404


def test_what_is_in_the_store_is_counted(front: Front, bench: Bench) -> None:
    number = until_keep_offer(bench)
    bench.world.payments.lose_answer(f"{number}:refund:1")
    bench.drive(number)
    bench.world.payments.down = True
    bench.wait(hours=2)
    legs.drive(bench.desk, number, str(uuid4()), perform)
    with bench.desk.store.begin() as tx:
        troubles.broke(tx, bench.case(number).id, bench.desk.now())
        outbox.put(tx, OutboxVerb.NOTIFY, {}, bench.desk.now() - timedelta(minutes=9))
    told = read(front)
    assert told["makegood_cases{parked}"] == 1
    assert told["makegood_effects_unknown{payment.refund}"] == 1
    assert told["makegood_effects_unknown_minor{EUR}"] == 800
    assert told["makegood_effects_unknown_oldest_seconds"] == 7200
    assert told["makegood_tasks_open{finance}"] == 1
    assert told["makegood_cases_in_trouble"] == 1
    assert told["makegood_outbox_unsent"] >= 1
    assert told["makegood_start_lag_seconds"] >= 0
    bench.wait(days=3)
    later = read(front)
    assert later["makegood_timers_late"] >= 1
    assert later["makegood_timers_late_oldest_seconds"] > 86_400
    assert later["makegood_tasks_overdue{finance}"] == 1


def test_however_many_ask_it_is_counted_once_in_a_while(front: Front, bench: Bench) -> None:
    front.app.state.metrics_page = metrics.Page()
    asking = TestClient(front.app, client=HERE)
    first = asking.get("/metrics").text
    bench.open()
    assert asking.get("/metrics").text == first


def test_nothing_personal_is_on_it(front: Front, bench: Bench) -> None:
    bench.drive(bench.open())
    text = page(front).text
    assert not [word for word in ("Jana", "Beispiel", "example", "A-1", "MG-2026") if word in text]


def expressions() -> Iterator[tuple[str, str]]:
    rules = YAML(typ="safe").load(MONITORING / "alerts.yaml")
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads((MONITORING / "dashboard.json").read_text())["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def test_dashboard_and_alerts_speak_of_what_is_on_the_page_and_the_dashboard_of_all_of_it(
    front: Front,
) -> None:
    there = names_on_the_page(front)
    spoken = {name for _, expr in expressions() for name in re.findall(r"\bmakegood_\w+", expr)}
    assert spoken <= there
    assert there - spoken == set(), "a panel for each figure"


def test_labels_that_are_asked_for_are_on_the_page() -> None:
    for where, expr in expressions():
        for name, label in re.findall(r"\bmakegood_(\w+)\{(\w+)[=!]", expr):
            assert metrics.HELP[name][1] == label, where


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    rules = YAML(typ="safe").load(MONITORING / "alerts.yaml")["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["mend"]


@pytest.mark.parametrize("name", ["prometheus.yaml", "alerts.yaml"])
def test_the_examples_can_be_read(name: str) -> None:
    assert YAML(typ="safe").load(MONITORING / name)
