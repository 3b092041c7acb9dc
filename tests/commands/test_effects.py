"""`makegood effects`: what has begun and not ended."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

from tests.commands.conftest import Makegood


def test_a_letter_whose_answer_was_lost_is_listed_until_it_is_found(
    makegood: Makegood, opened: str, drive: Callable[[str], object], shop: str
) -> None:
    assert makegood("effects", "--unknown").out.strip() == "none"
    lost = {"error_after_rate": 1.0, "remaining": 1}
    httpx.put(f"{shop}/faults/send-message", json=lost).raise_for_status()
    drive(opened)
    (found,) = makegood("effects", "--unknown", "--json").json
    assert (found["case"], found["action"], found["status"]) == (opened, "message.send", "unknown")
    assert found["key"].startswith(opened)
    assert found["money"] is None
    assert found["since"] < found["next_look"] < found["tell_by"]
    shown = makegood("effects", "--unknown").out
    assert opened in shown
    assert "it may have been done" in shown
    httpx.post(f"{shop}/clock/advance", json={"seconds": 60}).raise_for_status()
    time.sleep(0.6)  # the command looks at the sandbox's clock twice a second
    drive(opened)
    assert makegood("effects", "--json").json == []
