"""Signing in: a code counts once, a form belongs to its session, and nobody sees the desk from outside."""

from __future__ import annotations

from datetime import timedelta

from makegood.store import people
from makegood.store.words import Role
from tests.web.front import Front, hidden


def test_nobody_sees_the_desk_without_signing_in(front: Front) -> None:
    number = front.intake().json()["case"]
    for path in ("/desk", f"/desk/cases/{number}", "/desk/tasks", f"/desk/cases/{number}/files/1/whole"):
        answer = front.client.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/desk/login?next=/desk")


def test_a_one_time_code_opens_the_desk_and_counts_once(front: Front) -> None:
    front.bench.hire("alex", Role.AGENT)
    code = front.code("alex")
    first = front.enter("alex", code)
    assert first.status_code == 303
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Max-Age=28800" in cookie
    assert front.client.get("/desk").status_code == 200
    other = front.new_client()
    refused = front.enter("alex", code, other)
    assert refused.status_code == 403
    assert "used before" in refused.text
    assert other.get("/desk").status_code == 303


def test_wrong_codes_and_unknown_people_are_told_apart_by_nobody(front: Front) -> None:
    front.bench.hire("alex", Role.AGENT)
    wrong, unknown = front.enter("alex", "000000"), front.enter("nobody", "000000")
    assert wrong.status_code == unknown.status_code == 403
    assert "The id or the code is wrong" in wrong.text
    assert "The id or the code is wrong" in unknown.text


def test_signing_out_ends_the_session_and_a_forged_one_opens_nothing(front: Front) -> None:
    front.sign_in()
    cookie = front.client.cookies["makegood_desk"]
    assert front.client.get("/desk").status_code == 200
    front.client.post("/desk/logout", data={"csrf": hidden(front.client.get("/desk").text, "csrf")})
    assert front.client.get("/desk").status_code == 303
    forged = front.new_client()
    forged.cookies.set("makegood_desk", cookie[:-2] + "xx")
    assert forged.get("/desk").status_code == 303


def test_who_does_not_work_here_any_more_is_out_at_once(front: Front) -> None:
    front.sign_in()
    with front.bench.desk.store.begin() as tx:
        people.set_active(tx, "alex", False)
    assert front.client.get("/desk").status_code == 303


def test_a_form_from_elsewhere_does_nothing(front: Front) -> None:
    number = front.intake().json()["case"]
    front.sign_in()
    path = f"/desk/cases/{number}/owner"
    assert front.client.post(path, data={"owner": "me"}).status_code == 403
    assert front.client.post(path, data={"owner": "me", "csrf": "0" * 64}).status_code == 403
    other = front.new_client()
    front.bench.hire("sam", Role.AGENT)
    front.sign_in("sam", client=other)
    stolen = hidden(other.get("/desk").text, "csrf")
    assert front.client.post(path, data={"owner": "me", "csrf": stolen}).status_code == 403
    assert front.bench.case(number).owner is None


def test_signing_in_leads_to_a_page_of_the_desk_and_nowhere_else(front: Front) -> None:
    front.bench.hire("alex", Role.AGENT)
    for wanted in ("https://elsewhere.test/desk/", "//elsewhere.test", "/progress/x", "/desk/\\elsewhere"):
        page = front.client.get("/desk/login", params={"next": wanted})
        assert hidden(page.text, "next") == "/desk"
    assert (
        hidden(front.client.get("/desk/login", params={"next": "/desk/tasks"}).text, "next") == "/desk/tasks"
    )


def test_too_many_wrong_codes_lock_the_id_also_for_the_right_one(front: Front) -> None:
    front.bench.hire("alex", Role.AGENT)
    for _ in range(5):
        front.enter("alex", "000000")
    locked = front.enter("alex", front.code("alex"))
    assert "Too many wrong codes" in locked.text
    front.time.ahead += timedelta(minutes=2)
    assert front.enter("alex", front.code("alex")).status_code == 303


def test_pages_run_no_script_and_load_nothing_from_elsewhere(front: Front) -> None:
    front.sign_in()
    number, path = front.asked_for_photos()
    for page in ("/desk", f"/desk/cases/{number}", "/desk/tasks", path):
        answer = front.client.get(page)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        for unwanted in ("<script", "<style", " style=", " onclick=", 'href="https://cdn'):
            assert unwanted not in answer.text, (page, unwanted)
    assert front.client.get("/static/vendor/tabler.min.css").status_code == 200
    assert front.client.get("/static/makegood.css").status_code == 200
