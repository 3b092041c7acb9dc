"""The desk: cases of one's markets, tasks with their forms, replies that go out once."""

from __future__ import annotations

from makegood.core import events as ev
from makegood.core.money import Money
from makegood.store import inbox, journal, leases, people, tasks
from makegood.store.words import Role
from tests.web.front import Front, hidden, picture


def _task(front: Front, number: str) -> tasks.Task:
    with front.bench.desk.store.begin() as tx:
        (task,) = tasks.of_case(tx, front.bench.case(number).id)
    return task


def _without_order(front: Front) -> str:
    """A case in which an agent has to find the order."""
    number = front.intake(order="B-9", market="DE").json()["case"]
    front.bench.drive(number)
    assert front.bench.state(number).step == "find-order", front.bench.state(number).step
    return str(number)


def test_the_list_shows_cases_and_filters_them(front: Front) -> None:
    one = front.intake().json()["case"]
    two = front.intake(procedure="cancel", reason="changed_mind").json()["case"]
    front.sign_in()
    both = front.client.get("/desk").text
    assert one in both
    assert two in both
    only = front.client.get("/desk", params={"procedure": "cancel"}).text
    assert two in only
    assert one not in only
    assert one not in front.client.get("/desk", params={"mine": "1"}).text
    front.send(f"/desk/cases/{one}/owner", f"/desk/cases/{one}", owner="me")
    assert one in front.client.get("/desk", params={"mine": "1"}).text
    assert front.client.get("/desk", params={"after": "nonsense"}).status_code == 422


def test_a_case_of_another_market_is_not_even_there(front: Front) -> None:
    number = front.intake().json()["case"]
    front.bench.hire("fran", Role.AGENT)
    with front.bench.desk.store.begin() as tx:
        people.set_authority(tx, "fran", Role.AGENT, Money(minor=1, currency="EUR"), ["FR"])
    front.sign_in("fran")
    assert number not in front.client.get("/desk").text
    assert front.client.get(f"/desk/cases/{number}").status_code == 404
    assert front.client.get("/desk", params={"market": "DE"}).text.count("MG-") == 0
    token = hidden(front.client.get("/desk").text, "csrf")
    answer = front.client.post(f"/desk/cases/{number}/owner", data={"csrf": token, "owner": "me"})
    assert answer.status_code == 404
    assert front.bench.case(number).owner is None


def test_a_case_shows_what_was_said_paid_and_done(front: Front) -> None:
    number, _ = front.asked_for_photos()
    front.sign_in()
    page = front.client.get(f"/desk/cases/{number}").text
    for told in ("Both mugs are cracked.", "Jana Beispiel", "Mug", "€19.99", "message.send", "First reply"):
        assert told in page, told
    assert front.client.get("/desk/cases/MG-2026-999999").status_code == 404


def test_a_task_s_form_answers_the_question(front: Front) -> None:
    number = _without_order(front)
    task = _task(front, number)
    front.sign_in()
    assert "No order of this number" in front.client.get("/desk/tasks").text
    page = front.client.get(f"/desk/tasks/{task.id}")
    assert 'name="f-order_number"' in page.text
    sent = {"f-order_number": "A-1", "f-no_such_order": "no"}
    assert front.send(f"/desk/tasks/{task.id}", f"/desk/tasks/{task.id}", **sent).status_code == 303
    late = front.send(f"/desk/tasks/{task.id}", f"/desk/tasks/{task.id}", **sent)
    assert late.status_code == 409
    with front.bench.desk.store.begin() as tx:
        came = [a for a in inbox.unread(tx, front.bench.case(number).id) if a.name == "answer"]
    assert [a.payload["facts"] for a in came] == [{"order_number": "A-1", "no_such_order": False}]
    assert came[0].payload["by"] == "alex"
    front.bench.drive(number)
    assert front.bench.case(number).order_ref == "A-1"


def test_a_task_is_for_its_role_and_those_to_whom_it_escalates(front: Front) -> None:
    number = _without_order(front)
    task = _task(front, number)
    front.sign_in("wanda", Role.WAREHOUSE)
    refused = front.send(
        f"/desk/tasks/{task.id}", "/desk", **{"f-order_number": "A-1", "f-no_such_order": "no"}
    )
    assert refused.status_code == 404
    assert "not for your role" in front.client.get(f"/desk/cases/{number}").text
    lead = front.new_client()
    front.sign_in("lea", Role.TEAM_LEAD, lead)
    assert f"/desk/tasks/{task.id}" not in lead.get("/desk/tasks").text
    assert f"/desk/tasks/{task.id}" in lead.get("/desk/tasks", params={"whose": "reach"}).text


def test_a_task_is_taken_on_given_to_a_colleague_and_given_back(front: Front) -> None:
    number = _without_order(front)
    page = f"/desk/tasks/{_task(front, number).id}"
    front.bench.hire("bob", Role.AGENT)
    front.bench.hire("wanda", Role.WAREHOUSE)
    front.sign_in()
    assert "Bob" in front.client.get(page).text
    assert "Wanda" not in front.client.get(page).text
    for whose, has_it in (("me", "alex"), ("person:bob", "bob"), ("nobody", None)):
        assert front.send(f"{page}/assignee", page, assignee=whose).status_code == 303
        assert _task(front, number).assignee == has_it
    assert page not in front.client.get("/desk/tasks", params={"whose": "mine"}).text
    front.send(f"{page}/assignee", page, assignee="me")
    assert page in front.client.get("/desk/tasks", params={"whose": "mine"}).text
    shown = front.client.get(f"/desk/cases/{number}").text
    for told in (
        "alex took the task find-order on.",
        "alex gave the task find-order to bob.",
        "alex gave the task find-order, which bob had, back to agent.",
    ):
        assert told in shown, told


def test_a_colleague_who_does_what_another_was_given_is_named(front: Front) -> None:
    number = _without_order(front)
    page = f"/desk/tasks/{_task(front, number).id}"
    front.bench.hire("bob", Role.AGENT)
    front.sign_in()
    front.send(f"{page}/assignee", page, assignee="person:bob")
    front.send(page, page, **{"f-order_number": "A-1", "f-no_such_order": "no"})
    assert "who took it over from bob" in front.client.get(page).text
    front.bench.drive(number)
    shown = front.client.get(f"/desk/cases/{number}").text
    assert "alex took the task find-order over from bob." in shown


def test_a_task_is_given_only_by_and_to_those_whose_work_it_is(front: Front) -> None:
    number = _without_order(front)
    page = f"/desk/tasks/{_task(front, number).id}"
    front.bench.hire("bob", Role.AGENT)
    front.sign_in("wanda", Role.WAREHOUSE)
    assert f"{page}/assignee" not in front.client.get(page).text
    assert front.send(f"{page}/assignee", "/desk", assignee="person:bob").status_code == 404
    front.client = front.new_client()
    front.sign_in()
    for whose in ("person:wanda", "person:nobody", "role:warehouse", "role:king", "they", ""):
        answer = front.send(f"{page}/assignee", page, assignee=whose)
        assert answer.status_code == 422, whose
    assert "one of alex, bob" in front.send(f"{page}/assignee", page, assignee="person:wanda").text
    assert _task(front, number).assignee is None
    front.send(f"{page}/assignee", page, assignee="role:team-lead")
    assert _task(front, number).role is Role.TEAM_LEAD
    assert f"{page}/assignee" not in front.client.get(page).text


def test_a_task_of_a_case_that_is_being_driven_is_not_given(front: Front) -> None:
    number = _without_order(front)
    page = f"/desk/tasks/{_task(front, number).id}"
    front.sign_in()
    case = front.bench.case(number)
    fence = leases.acquire(front.bench.desk.store, case.id, "a leg", front.bench.desk.lease)
    assert fence is not None
    assert front.send(f"{page}/assignee", page, assignee="me").status_code == 503
    leases.release(front.bench.desk.store, case.id, fence)
    assert front.send(f"{page}/assignee", page, assignee="me").status_code == 303


def test_an_answer_that_does_not_fit_says_what_is_expected(front: Front) -> None:
    number = front.intake(reason="other").json()["case"]
    front.bench.drive(number)
    task = _task(front, number)
    front.sign_in()
    answer = front.send(f"/desk/tasks/{task.id}", f"/desk/tasks/{task.id}", **{"f-fault": "the cat"})
    assert answer.status_code == 422
    assert "one of seller, customer" in answer.text
    assert front.client.get(f"/desk/tasks/{task.id}").status_code == 200


def test_a_reply_goes_out_once_and_is_journalled(front: Front) -> None:
    number, path = front.asked_for_photos()
    front.sign_in()
    page = front.client.get(f"/desk/cases/{number}").text
    told = {
        "csrf": hidden(page, "csrf"),
        "form": hidden(page, "form"),
        "subject": "Re: mugs",
        "body": "Hallo!",
    }
    for _ in range(2):
        assert front.client.post(f"/desk/cases/{number}/replies", data=told).status_code == 303
    mine = [letter for letter in front.bench.world.mailbox.letters if letter.template is None]
    assert [(letter.to, letter.subject, letter.body) for letter in mine] == [
        ("jana@example.test", "Re: mugs", "Hallo!")
    ]
    with front.bench.desk.store.begin() as tx:
        told_events = [entry.event for entry in journal.read(tx, front.bench.case(number).id)]
    sent = [event for event in told_events if isinstance(event, ev.MessageSent) and event.by == "alex"]
    assert len(sent) == 1
    assert not sent[0].automatic
    customers = front.new_client().get(path).text
    assert "Hallo!" in customers
    assert "alex" not in customers.lower()
    front.bench.drive(number)


def test_a_reply_whose_answer_is_lost_is_looked_up_and_not_sent_twice(front: Front) -> None:
    number, path = front.asked_for_photos()
    front.sign_in()
    page = front.client.get(f"/desk/cases/{number}").text
    key = f"{number}:reply:{hidden(page, 'form')}"
    told = {"csrf": hidden(page, "csrf"), "form": hidden(page, "form"), "subject": "", "body": "Hallo!"}
    front.bench.world.mailbox.lose_answer(key)
    assert front.client.post(f"/desk/cases/{number}/replies", data=told).status_code == 303
    assert sum(letter.template is None for letter in front.bench.world.mailbox.letters) == 1
    assert "Hallo!" in front.client.get(path).text


def test_a_reply_that_may_not_have_gone_is_not_shown_as_sent_and_can_be_tried_again(front: Front) -> None:
    number, path = front.asked_for_photos()
    front.sign_in()
    page = front.client.get(f"/desk/cases/{number}").text
    key = f"{number}:reply:{hidden(page, 'form')}"
    told = {"csrf": hidden(page, "csrf"), "form": hidden(page, "form"), "subject": "", "body": "Hallo!"}
    front.bench.world.mailbox.lose_request(key)
    assert front.client.post(f"/desk/cases/{number}/replies", data=told).status_code == 409
    assert "Hallo!" not in front.client.get(path).text
    page = front.client.get(f"/desk/cases/{number}").text
    assert "Nobody knows yet whether it went out" in page
    again = page.partition(f"/desk/cases/{number}/replies/")[2].partition('"')[0]
    answer = front.client.post(f"/desk/cases/{number}/replies/{again}", data={"csrf": told["csrf"]})
    assert answer.status_code == 303
    assert sum(letter.template is None for letter in front.bench.world.mailbox.letters) == 1
    assert "Hallo!" in front.client.get(path).text


def test_a_reply_to_a_case_that_is_being_driven_says_so_and_keeps_the_text(front: Front) -> None:
    number, _ = front.asked_for_photos()
    front.sign_in()
    case = front.bench.case(number)
    fence = leases.acquire(front.bench.desk.store, case.id, "a leg", front.bench.desk.lease)
    assert fence is not None
    page = front.client.get(f"/desk/cases/{number}").text
    told = {"csrf": hidden(page, "csrf"), "form": hidden(page, "form"), "subject": "", "body": "Hallo!"}
    busy = front.client.post(f"/desk/cases/{number}/replies", data=told)
    assert busy.status_code == 503
    assert "being worked on" in busy.text
    assert "Hallo!" in front.client.get(f"/desk/cases/{number}").text
    leases.release(front.bench.desk.store, case.id, fence)
    assert front.client.post(f"/desk/cases/{number}/replies", data=told).status_code == 303
    assert sum(letter.template is None for letter in front.bench.world.mailbox.letters) == 1


def test_a_reply_does_not_wake_a_customer_who_wrote_days_ago(front: Front) -> None:
    number, _ = front.asked_for_photos()
    front.sign_in()
    front.bench.wait(days=2, hours=14)
    page = front.client.get(f"/desk/cases/{number}").text
    told = {"csrf": hidden(page, "csrf"), "form": hidden(page, "form"), "subject": "", "body": "Hallo!"}
    night = front.client.post(f"/desk/cases/{number}/replies", data=told)
    assert night.status_code == 409
    assert "from 08:00 there on" in night.text
    page = front.client.get(f"/desk/cases/{number}").text
    assert "Kept, not sent yet" in page
    front.bench.wait(hours=10)
    assert front.client.post(f"/desk/cases/{number}/replies", data=told).status_code == 303
    assert sum(letter.template is None for letter in front.bench.world.mailbox.letters) == 1


def test_a_colleague_sees_the_customer_s_pictures(front: Front) -> None:
    number, path = front.asked_for_photos()
    page = front.client.get(path).text
    form = {"question": hidden(page, "question"), "form": hidden(page, "form")}
    front.client.post(path, data=form, files={"f-photos": ("mug.jpg", picture(side=900), "image/jpeg")})
    front.sign_in()
    page = front.client.get(f"/desk/cases/{number}").text
    small = page.partition('<img src="')[2].partition('src="')[2].partition('"')[0]
    shown = front.client.get(small)
    assert shown.headers["content-type"] == "image/jpeg"
    assert len(shown.content) < 20_000
    assert "sandbox" in front.client.get(small.replace("small", "whole")).headers["content-security-policy"]
