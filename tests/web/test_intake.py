"""POST /intake: signed or refused, one case a problem, and nothing written on refusal."""

from __future__ import annotations

import json

import httpx

from makegood.store import cases
from tests.web.front import INTAKE, MESSAGE, WEBHOOK, Front


def _cases(front: Front) -> int:
    with front.bench.desk.store.begin() as tx:
        return sum(cases.count_by_status(tx).values())


def test_a_first_message_opens_a_case_and_gets_its_page(front: Front) -> None:
    answer = front.intake()
    assert answer.status_code == 201
    told = answer.json()
    assert told["fresh"] is True
    assert told["case"].startswith("MG-")
    assert front.client.get(httpx.URL(told["progress"]).path).status_code == 200


def test_a_second_message_about_it_joins_the_open_case(front: Front) -> None:
    first = front.intake().json()
    second = front.intake(text="And it smells.")
    assert second.status_code == 200
    assert second.json() == {"case": first["case"], "fresh": False, "progress": second.json()["progress"]}


def test_the_same_message_again_does_nothing(front: Front) -> None:
    first = front.intake(external_id="m-1").json()
    again = front.intake(external_id="m-1")
    assert again.status_code == 200
    assert again.json()["duplicate"] is True
    assert again.json()["case"] == first["case"]
    assert _cases(front) == 1


def test_an_unsigned_message_is_refused_and_nothing_is_written(front: Front) -> None:
    body = {"external_id": "m-1", **MESSAGE}
    assert front.client.post("/intake", json=body).status_code == 401
    assert front.post("/intake", body, WEBHOOK).status_code == 401
    old = int(front.time.now().timestamp()) - 3600
    refused = front.post("/intake", body, INTAKE, at=old)
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "signature-too-old"
    assert "progress" not in refused.text
    assert _cases(front) == 0


def test_bad_input_says_where_and_what_was_expected_and_quotes_nobody(front: Front) -> None:
    for told, place in (
        ({"email": "not an address of jana"}, "email"),
        ({"channel": "By Jana"}, "channel"),
        ({"colour": "jana-red"}, "body"),
        ({"market": "Janaland"}, "market"),
    ):
        answer = front.intake(**told)
        assert answer.status_code == 422, told
        error = answer.json()["error"]
        assert error["place"] == place
        assert error["problem"]
        assert error["expected"]
        assert "jana" not in answer.text.lower()
    assert front.post("/intake", b"{", INTAKE).json()["error"]["place"] == "body"
    assert _cases(front) == 0


def test_a_procedure_that_is_only_called_is_refused_with_those_that_can_be_opened(
    front: Front,
) -> None:
    for called in ("carrier_claim", "quality_signal"):
        refused = front.intake(procedure=called)
        assert refused.status_code == 422
        error = refused.json()["error"]
        assert (error["place"], error["problem"]) == ("procedure", f"{called} is only called by other cases")
        assert error["expected"] == "one of cancel, damage_claim, refund, repair, reship"
        assert error["mend"]
    assert "carrier_claim" not in front.intake(procedure="teleport").text
    assert _cases(front) == 0


def test_what_is_not_known_is_refused_with_what_is(front: Front) -> None:
    unknown = front.intake(procedure="teleport").json()["error"]
    assert unknown["code"] == "unknown-procedure"
    assert "refund" in unknown["expected"]
    assert "defective" in front.intake(reason="boredom").json()["error"]["expected"]
    assert "A-1-1" in front.intake(units=["A-1-9"]).json()["error"]["expected"]
    assert "DE" in front.intake(order="nobody-knows", market="XX").json()["error"]["expected"]
    assert _cases(front) == 0


def test_a_customer_of_a_country_without_a_law_on_file_is_heard_too(front: Front) -> None:
    """Spain, and a number that no order has: somebody has to look, and nobody is sent away."""
    assert front.intake(order="nobody-knows", market="ES").status_code in (200, 201)
    assert _cases(front) == 1


def test_an_unknown_order_without_an_address_asks_who_wrote(front: Front) -> None:
    answer = front.intake(order="nobody-knows", email="")
    assert answer.status_code == 422
    assert answer.json()["error"]["place"] == "email"


def test_while_the_shop_is_down_the_channel_is_told_to_come_back(front: Front) -> None:
    front.bench.world.shop.down = True
    answer = front.intake(external_id="m-1")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["error"]["place"] == "a fake"
    assert _cases(front) == 0
    front.bench.world.shop.down = False
    assert front.intake(external_id="m-1").status_code == 201


def test_a_body_without_end_is_not_read_to_its_end(front: Front) -> None:
    large = json.dumps({**MESSAGE, "external_id": "m-1", "text": "x" * 600_000}).encode()
    assert front.post("/intake", large, INTAKE).status_code == 413
