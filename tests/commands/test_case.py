"""`makegood case`: opened once, refused with what is known, shown whole."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from makegood.desk.desk import Desk
from makegood.store import cases, customers
from tests.commands.conftest import OPEN, Makegood

Drive = Callable[[str], object]


def test_a_case_is_opened_and_answers_with_its_number_and_the_customers_page(makegood: Makegood) -> None:
    told = makegood(*OPEN, "--json").json
    assert told["case"].startswith("MG-")
    assert (told["fresh"], told["duplicate"]) == (True, False)
    assert "/progress/" in told["progress"]


def test_the_same_message_again_opens_nothing(makegood: Makegood, opened: str) -> None:
    again = makegood(*OPEN, "--json").json
    assert (again["case"], again["fresh"], again["duplicate"]) == (opened, False, True)
    assert len(makegood("case", "list", "--json").json) == 1


def test_another_message_about_the_same_order_joins_its_case(makegood: Makegood, opened: str) -> None:
    other = [part if part != "m-1" else "m-2" for part in OPEN]
    again = makegood(*other, "--json").json
    assert (again["case"], again["fresh"], again["duplicate"]) == (opened, False, False)
    shown = makegood("case", "show", opened, "--json").json
    assert len(shown["messages"]) == 2


@pytest.mark.parametrize(
    ("wrong", "instead", "known"),
    [
        ("DE-1001", "DE-1O01", "DE-1001"),
        ("refund", "refnud", "cancel"),
        ("changed_mind", "bored", "defective"),
    ],
)
def test_what_is_not_known_is_refused_with_the_known_ones(
    makegood: Makegood, wrong: str, instead: str, known: str
) -> None:
    said = makegood(*(instead if part == wrong else part for part in OPEN))
    assert said.code == 2
    assert instead in said.error
    assert known in said.error
    assert makegood("case", "list", "--json").json == []


def test_a_procedure_that_only_other_cases_call_opens_nothing(makegood: Makegood) -> None:
    said = makegood(*("carrier_claim" if part == "refund" else part for part in OPEN))
    assert said.code == 2
    assert "carrier_claim is only called by other cases" in said.error
    assert "damage_claim" in said.error
    assert makegood("case", "list", "--json").json == []


def test_a_unit_that_the_order_does_not_have_is_refused(makegood: Makegood) -> None:
    said = makegood(*OPEN, "--units", "DE-1001-1/9")
    assert said.code == 2
    assert "DE-1001-1/2" in said.error


def test_lists_are_narrowed_and_empty_ones_are_lists_too(makegood: Makegood, opened: str) -> None:
    assert [row["number"] for row in makegood("case", "list", "--market", "DE", "--json").json] == [opened]
    assert makegood("case", "list", "--market", "fr", "--json").json == []
    assert makegood("case", "list", "--status", "closed", "--json").json == []
    assert makegood("case", "list", "--mine", "jo", "--json").json == []
    assert opened in makegood("case", "list").out


def test_a_status_that_there_is_not_is_refused_with_those_there_are(makegood: Makegood) -> None:
    said = makegood("case", "list", "--status", "sleeping")
    assert said.code == 2
    assert "suspended" in said.error


def test_a_driven_case_shows_journal_effects_timers_and_promises(
    makegood: Makegood, opened: str, drive: Drive
) -> None:
    drive(opened)
    shown = makegood("case", "show", opened.lower(), "--json").json
    assert shown["status"] in ("parked", "suspended")
    assert shown["journal"][0]["kind"] == "case.opened"
    assert all(line["sentence"] for line in shown["journal"])
    assert any(row["action"] == "message.send" and row["status"] == "done" for row in shown["effects"])
    assert shown["timers"]
    assert {row["name"] for row in shown["promises"]} == {"first_reply", "resolution"}
    assert shown["order"]["ref"] == "DE-1001"
    assert shown["order"]["units"][0]["paid"] == {"minor": 1999, "currency": "EUR"}
    for key in ("outcome", "runs", "tasks", "approvals", "messages", "customer", "question"):
        assert key in shown


def test_for_people_the_journal_reads_as_a_timeline(makegood: Makegood, opened: str, drive: Drive) -> None:
    drive(opened)
    said = makegood("case", "show", opened)
    assert said.code == 0
    for part in ("Timeline", "Opened: refund", "Conversation", "Ich möchte", "Effects", "Promises"):
        assert part in said.out


def test_what_customers_write_is_never_markup(makegood: Makegood) -> None:
    number = makegood(*OPEN[:-1], "[bold]hello[/bold] [/oops]", "--json").json["case"]
    assert "[bold]hello[/bold] [/oops]" in makegood("case", "show", number).out


def test_a_reply_goes_out_once_and_is_in_the_thread(
    makegood: Makegood, opened: str, shop: str, drive: Drive
) -> None:
    drive(opened)
    makegood("people", "add", "ann", "--role", "agent")
    reply = ("case", "reply", opened.lower(), "--text", "Guten Tag, ich kümmere mich.", "--as", "ann")
    assert makegood(*reply, "--key", "k-1", "--json").json == {"case": opened, "by": "ann"}
    assert makegood(*reply, "--key", "k-1").code == 0
    shown = makegood("case", "show", opened, "--json").json
    assert [row["author"] for row in shown["messages"]].count("ann") == 1
    sent = httpx.get(f"{shop}/messages", params={"case": opened}).json()
    assert [letter["body"] for letter in sent].count("Guten Tag, ich kümmere mich.") == 1


def test_only_known_people_reply(makegood: Makegood, opened: str) -> None:
    assert makegood("case", "reply", opened, "--text", "Hello", "--as", "nobody").code == 2


def test_an_unknown_number_is_bad_input(makegood: Makegood) -> None:
    assert makegood("case", "show", "MG-2020-000001").code == 2


def test_an_erased_customers_case_still_shows_what_is_left(
    makegood: Makegood, opened: str, desk: Desk
) -> None:
    with desk.store.begin() as tx:
        case = cases.by_number(tx, opened)
        assert case is not None
        cases.close(tx, case.id, case.fence, outcome="withdrawn", now=desk.now())
        customers.erase(tx, case.customer_id, desk.now())
    shown = makegood("case", "show", opened, "--json").json
    assert shown["erased"] is True
    assert (shown["customer"], shown["messages"], shown["facts"]) == (None, [], {})
    assert shown["journal"][0]["kind"] == "case.opened"
    assert "erased" in shown["journal"][0]["sentence"]
    assert "erased" in makegood("case", "show", opened).out


def test_the_shop_being_down_says_where_it_was_looked_for_and_exits_3(
    makegood: Makegood, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEGOOD_SELLER_API_URL", f"http://127.0.0.1:{free_port}")
    said = makegood(*OPEN)
    assert said.code == 3
    assert f"127.0.0.1:{free_port}" in said.error
    assert "make" in said.error


def test_the_database_being_down_says_where_it_was_looked_for_and_exits_3(
    makegood: Makegood, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEGOOD_DATABASE_URL", f"postgresql://app:secret@127.0.0.1:{free_port}/makegood")
    said = makegood("case", "list")
    assert said.code == 3
    assert f"127.0.0.1:{free_port}" in said.error
    assert "make up" in said.error
    assert "secret" not in said.error
    assert len(said.error.splitlines()) == 1


def test_where_nothing_runs_a_command_says_how_to_start_it_and_exits_3(
    makegood: Makegood, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAKEGOOD_DATABASE_URL")
    said = makegood("task", "list")
    assert said.code == 3
    assert "make up" in said.error
