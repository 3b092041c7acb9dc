"""The progress page: one customer's own case, what is needed of them, and nothing of anybody else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from makegood.desk import progress
from makegood.desk.links import Links
from makegood.store import evidence, inbox
from makegood.store.store import Store
from makegood.web.app import open_app
from tests.desk.bench import KEY
from tests.fakes import order
from tests.web.front import Front, hidden, picture


def _send(front: Front, path: str, page: str, files: list[bytes], **told: str) -> httpx.Response:
    form = {"question": hidden(page, "question"), "form": hidden(page, "form"), **told}
    sent = [("f-photos", (f"mug-{n}.jpg", content, "image/jpeg")) for n, content in enumerate(files)]
    return front.client.post(path, data=form, files=sent or None)


def _answers(front: Front, number: str) -> list[inbox.Arrival]:
    with front.bench.desk.store.begin() as tx:
        return [a for a in inbox.unread(tx, front.bench.case(number).id) if a.name == "answer"]


def test_the_page_speaks_the_customer_s_language_and_names_no_colleague(front: Front) -> None:
    number, path = front.asked_for_photos()
    front.sign_in()
    front.send(f"/desk/cases/{number}/owner", f"/desk/cases/{number}", owner="me")
    page = front.new_client().get(path)
    assert page.status_code == 200
    assert '<html lang="de">' in page.text
    for told in (
        "So steht Ihr Fall",
        "Was wir von Ihnen brauchen",
        "Both mugs are cracked.",
        "Bestellung A-1",
    ):
        assert told in page.text
    for inner in ("alex", "evidence-request", "find-order", "agent", "journal"):
        assert inner not in page.text.lower(), inner


@pytest.mark.parametrize(
    ("locale", "said"), [("zh", "需要您提供"), ("ko", "What we need"), ("de-AT", "Was wir")]
)
def test_other_languages_fall_back_to_the_nearest(front: Front, locale: str, said: str) -> None:
    front.bench.world.add(order("A-2", locale=locale))
    opened = front.intake(order="A-2").json()
    front.bench.drive(opened["case"])
    assert said in front.client.get(httpx.URL(opened["progress"]).path).text


def test_photographs_sent_on_the_page_answer_the_question(front: Front) -> None:
    number, path = front.asked_for_photos()
    page = front.client.get(path).text
    answer = _send(front, path, page, [picture("red"), picture("blue")], **{"f-serial_number": "SN-1"})
    assert answer.status_code == 303
    (came,) = _answers(front, number)
    assert came.payload["facts"] == {"photos": 2, "serial_number": "SN-1"}
    after = front.client.get(answer.headers["location"]).text
    assert "Vielen Dank" in after
    assert 'type="file"' not in after
    assert after.count("/small") == 2
    front.bench.drive(number)
    assert front.bench.state(number).facts["evidence.photos"] == 2


def test_a_double_click_answers_once(front: Front) -> None:
    number, path = front.asked_for_photos()
    page = front.client.get(path).text
    for _ in range(2):
        assert _send(front, path, page, [picture()]).status_code == 303
    assert len(_answers(front, number)) == 1
    with front.bench.desk.store.begin() as tx:
        assert len(evidence.of_case(tx, front.bench.case(number).id)) == 1
    front.bench.drive(number)
    assert _send(front, path, page, [picture()]).status_code == 303


def test_a_late_answer_gets_a_polite_page(front: Front) -> None:
    number, path = front.asked_for_photos()
    old = front.client.get(path).text
    front.bench.answer(number, photos=1)
    front.bench.drive(number)
    late = _send(front, path, old, [picture()])
    assert late.status_code == 409
    assert "Diese Frage ist bereits geklärt" in late.text


def test_what_is_no_photograph_is_refused_in_the_customer_s_words(front: Front) -> None:
    number, path = front.asked_for_photos()
    page = front.client.get(path).text
    program, document = b"MZ\x00\x01\x02", b"%PDF-1.7 ..."
    for content, said in ((program, "nicht annehmen"), (document, "etwas anderes"), (b"", "leer")):
        answer = _send(front, path, page, [picture(), content])
        assert answer.status_code == 422, said
        assert said in answer.text
    assert _send(front, path, page, []).status_code == 422
    with front.bench.desk.store.begin() as tx:
        assert evidence.of_case(tx, front.bench.case(number).id) == []
    assert _answers(front, number) == []


def test_a_forged_link_opens_nothing(front: Front) -> None:
    _, path = front.asked_for_photos()
    for forged in (path[:-2] + ("AA" if path[-2:] != "AA" else "BB"), "/progress/nonsense"):
        answer = front.client.get(forged, headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
        assert answer.status_code == 403
        assert "此链接无法打开" in answer.text
        assert front.client.post(forged, data={"question": "x", "form": "y"}).status_code == 403


def test_an_expired_link_says_so(front: Front) -> None:
    number, _ = front.asked_for_photos()
    links = front.bench.desk.links
    assert links.lifetime > timedelta(days=30)
    expired = Links(KEY, "http://127.0.0.1:8600", timedelta(seconds=-1))
    site = replace(front.app.state.site, desk=replace(front.bench.desk, links=expired))
    later = Front(front.bench, open_app(site), front.time)
    answer = later.client.get(httpx.URL(links.make(number)).path, headers={"Accept-Language": "de"})
    assert answer.status_code == 410
    assert "abgelaufen" in answer.text


def test_files_of_another_case_are_not_there(front: Front) -> None:
    _, path = front.asked_for_photos()
    page = front.client.get(path).text
    _send(front, path, page, [picture()])
    mine = re.findall(rf"{re.escape(path)}/files/(\d+)/small", front.client.get(path).text)
    assert front.client.get(f"{path}/files/{mine[0]}/whole").content == picture()
    front.bench.world.add(order("A-2"))
    other = httpx.URL(front.intake(order="A-2").json()["progress"]).path
    assert front.client.get(f"{other}/files/{mine[0]}/whole").status_code == 404
    assert front.client.get(f"{other}/files/{mine[0]}/small").status_code == 404


def test_an_offer_is_chosen_on_the_page(front: Front) -> None:
    number, path = _offered(front)
    page = front.client.get(path).text
    assert "Sie behalten den Artikel, und wir erstatten Ihnen" in page
    form = {"question": hidden(page, "question"), "form": hidden(page, "form")}
    assert front.client.post(path, data={**form, "choice": "counter", "counter": "lots"}).status_code == 422
    assert front.client.post(path, data={**form, "choice": "counter", "counter": "50"}).status_code == 303
    assert front.client.post(path, data={**form, "choice": "accept"}).status_code == 303
    front.bench.drive(number)
    assert front.bench.state(number).rung == 1, "the first press counted, and asked for more than offered"
    page = front.client.get(path).text
    form = {"question": hidden(page, "question"), "form": hidden(page, "form")}
    front.client.post(path, data={**form, "choice": "accept"})
    front.bench.drive(number)
    assert front.bench.state(number).facts["remedy.share"] == 35


def _offered(front: Front) -> tuple[str, str]:
    """A case in which the customer may keep the goods for a part of the price."""
    opened = front.intake(reason="not_as_described").json()
    number, path = opened["case"], httpx.URL(opened["progress"]).path
    for _ in range(4):
        front.bench.drive(number)
        if front.bench.state(number).step == "evidence":
            front.bench.answer(number, photos=2)
    assert front.bench.state(number).step == "keep-offer", front.bench.state(number).step
    return number, path


def test_the_line_of_stages_ends_where_the_case_ends(front: Front) -> None:
    number, path = front.asked_for_photos()
    words = [(stage.word, stage.standing) for stage in progress.of(front.bench.desk, number).stages]
    assert words == [("received", "past"), ("checking", "past"), ("answer", "now"), ("done", "ahead")]
    front.webhook("reply", "customer.replied", {"case": number, "text": "Never mind", "intent": "withdraw"})
    front.bench.drive(number)
    assert progress.of(front.bench.desk, number).stages[-1].standing == "now"
    page = front.client.get(path).text
    assert "Sie haben Ihr Anliegen zurückgezogen" in page
    assert "<form" not in page


def test_templates_escape_what_customers_write(front: Front) -> None:
    opened = front.intake(text="<img src=x onerror=alert(1)>", subject="<b>hi</b>").json()
    front.sign_in()
    for path in (httpx.URL(opened["progress"]).path, f"/desk/cases/{opened['case']}"):
        page = front.client.get(path).text
        assert "<img src=x" not in page
        assert "<b>hi" not in page
        assert "&lt;img src=x" in page


def test_health_says_whether_the_database_answers(front: Front) -> None:
    assert front.client.get("/healthz").json() == {"status": "ok"}
    nowhere = Store("postgresql+psycopg://nobody@127.0.0.1:1/nothing", KEY)
    site = replace(front.app.state.site, desk=replace(front.bench.desk, store=nowhere))
    sick = Front(front.bench, open_app(site), front.time).client.get("/healthz")
    assert sick.status_code == 503
    assert "127.0.0.1" not in sick.text
