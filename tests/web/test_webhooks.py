"""Webhooks: heard once, by the cases that they concern."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from makegood.store import evidence, inbox, messages
from tests.web.front import Front, picture

PARCEL = {"tracking": "RT1", "status": "DELIVERED", "order_id": "A-1", "direction": "return"}


def _inbox(front: Front, number: str) -> list[inbox.Arrival]:
    with front.bench.desk.store.begin() as tx:
        return inbox.unread(tx, front.bench.case(number).id)


def test_a_parcel_that_came_in_is_put_before_its_case_once(front: Front) -> None:
    number = front.intake().json()["case"]
    first = front.webhook("parcel", "parcel.received", PARCEL, event_id="evt-1")
    again = front.webhook("parcel", "parcel.received", PARCEL, event_id="evt-1")
    assert first.json() == {"duplicate": False, "cases": 1}
    assert again.status_code == 200
    assert again.json()["duplicate"] is True
    came = [arrival for arrival in _inbox(front, number) if arrival.name == "parcel.received"]
    assert [(arrival.match, arrival.source) for arrival in came] == [("RT1", "parcel")]


def test_an_unsigned_parcel_releases_nothing(front: Front) -> None:
    number = front.intake().json()["case"]
    body = {"id": "e", "type": "parcel.received", "occurred_at": "2026-03-02T09:00:00Z", "data": PARCEL}
    assert front.client.post("/webhooks/parcel", json=body).status_code == 401
    assert front.post("/webhooks/parcel", body, b"guessed").status_code == 401
    assert all(arrival.name != "parcel.received" for arrival in _inbox(front, number))


def test_codes_that_carriers_invent_are_taken_and_let_go(front: Front) -> None:
    answer = front.webhook("parcel", "parcel.teleported", {"anything": 1})
    assert answer.status_code == 202
    assert answer.json() == {"ignored": True}


def test_a_malformed_parcel_is_refused_by_its_place(front: Front) -> None:
    answer = front.webhook("parcel", "parcel.received", {"order_id": "A-1"})
    assert answer.status_code == 422
    assert answer.json()["error"]["place"] == "data.tracking"


def test_our_own_refund_is_never_booked_again(front: Front) -> None:
    number = front.intake().json()["case"]
    before = len(_inbox(front, number))
    data = {
        "id": "re_1",
        "payment_id": "pay-A-1",
        "order_id": "A-1",
        "amount": {"minor": 1999, "currency": "EUR"},
        "status": "succeeded",
        "reference": f"{number}:refund:1",
    }
    assert front.webhook("payment", "payment.refunded", data).status_code == 202
    assert len(_inbox(front, number)) == before


def test_a_dispute_reaches_the_case_with_its_amount(front: Front) -> None:
    number = front.intake().json()["case"]
    data = {
        "dispute_id": "d",
        "payment_id": "pay-A-1",
        "order_id": "A-1",
        "amount": {"minor": 4488, "currency": "EUR"},
    }
    assert front.webhook("payment", "dispute.opened", data).status_code == 200
    came = next(arrival for arrival in _inbox(front, number) if arrival.name == "dispute.opened")
    assert came.payload["facts"] == {"amount_minor": 4488}


@pytest.mark.parametrize(
    ("path", "event", "data", "match", "facts"),
    [
        ("repair", "repair.received", {"repair_id": "RMA-1", "amount": None}, "RMA-1", {}),
        (
            "repair",
            "repair.quoted",
            {"repair_id": "RMA-1", "amount": {"minor": 1200, "currency": "EUR"}, "tracking": None},
            "RMA-1",
            {"amount_minor": 1200},
        ),
        ("repair", "repair.shipped", {"repair_id": "RMA-1", "tracking": "RB1"}, "RMA-1", {"tracking": "RB1"}),
        (
            "claim",
            "claim.accepted",
            {"claim_id": "clm-1", "amount": {"minor": 900, "currency": "EUR"}},
            "clm-1",
            {"amount_minor": 900},
        ),
        ("claim", "claim.rejected", {"claim_id": "clm-1", "amount": None}, "clm-1", {}),
        (
            "payment",
            "payment.received",
            {"link_id": "plk-1", "amount": {"minor": 1200, "currency": "EUR"}},
            "plk-1",
            {"amount_minor": 1200},
        ),
        ("parcel", "parcel.found", PARCEL, "RT1", {}),
    ],
)
def test_repairers_carriers_and_payers_reach_the_case_by_their_number(
    front: Front, path: str, event: str, data: dict[str, Any], match: str, facts: dict[str, Any]
) -> None:
    number = front.intake().json()["case"]
    assert front.webhook(path, event, {**data, "order_id": "A-1"}).json() == {"duplicate": False, "cases": 1}
    came = next(arrival for arrival in _inbox(front, number) if arrival.name == event)
    assert (came.match, came.payload["facts"]) == (match, facts)


def test_a_carrier_does_not_speak_for_the_repairer(front: Front) -> None:
    front.intake()
    data = {"repair_id": "RMA-1", "order_id": "A-1"}
    assert front.webhook("parcel", "repair.received", data).json() == {"ignored": True}


def _reply(number: str, **told: object) -> dict[str, object]:
    photo = {
        "name": "mug.jpg",
        "media_type": "image/jpeg",
        "base64": base64.b64encode(picture()).decode(),
    }
    return {"case": number, "text": "Here it is.", "attachments": [photo], **told}


def test_photographs_in_a_reply_answer_the_question_for_them(front: Front) -> None:
    number, _ = front.asked_for_photos()
    answer = front.webhook("reply", "customer.replied", _reply(number), event_id="evt-9")
    assert answer.json() == {"case": number, "duplicate": False}
    assert (
        front.webhook("reply", "customer.replied", _reply(number), event_id="evt-9").json()["duplicate"]
        is True
    )
    front.bench.drive(number)
    assert front.bench.state(number).facts["evidence.photos"] == 1
    with front.bench.desk.store.begin() as tx:
        case = front.bench.case(number)
        (kept,) = evidence.of_case(tx, case.id)
        said = [message for message in messages.thread(tx, case.id) if message.id == kept.message_id]
    assert [message.body for message in said] == ["Here it is."]


def test_photographs_are_counted_not_claimed(front: Front) -> None:
    number, _ = front.asked_for_photos()
    told = _reply(number, attachments=[], facts={"photos": 7, "serial_number": "SN-1"})
    front.webhook("reply", "customer.replied", told)
    front.bench.drive(number)
    assert front.bench.state(number).step == "evidence"


def test_a_file_that_cannot_be_kept_does_not_hold_up_the_message(front: Front) -> None:
    number, _ = front.asked_for_photos()
    bad = {"name": "jana.exe", "media_type": "image/jpeg", "base64": base64.b64encode(b"MZ\x00\x01").decode()}
    answer = front.webhook("reply", "customer.replied", _reply(number, attachments=[bad]))
    assert answer.status_code == 200
    assert answer.json()["refused"][0]["place"] == "data.attachments.0"
    assert "jana" not in answer.text
    with front.bench.desk.store.begin() as tx:
        assert messages.thread(tx, front.bench.case(number).id)[-1].body == "Here it is."


def test_a_reply_to_no_case_of_ours_is_refused(front: Front) -> None:
    answer = front.webhook("reply", "customer.replied", _reply("MG-2026-999999"))
    assert answer.status_code == 404


def test_a_withdrawal_in_a_reply_ends_the_case(front: Front) -> None:
    number, _ = front.asked_for_photos()
    front.webhook("reply", "customer.replied", _reply(number, attachments=[], intent="withdraw"))
    front.bench.drive(number)
    assert front.bench.case(number).outcome == "withdrawn"
