"""A procedure of one's own is one file in a folder: the real Prefect server runs it without any Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.instance import running, until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

SOPS = Path(__file__).resolve().parents[1] / "sops"


def test_a_goodwill_coupon_runs_through_the_generic_flow() -> None:
    with running(MAKEGOOD_SOPS=str(SOPS)) as instance:
        opened = instance.json(
            *("case", "open", "--order", "DE-1001", "--procedure", "goodwill_coupon", "--reason", "other"),
            *("--channel", "email", "--external-id", "own-1"),
        )
        number = opened["case"]

        def status() -> str:
            return str(instance.json("case", "show", number)["status"])

        until("the offer", lambda: status() == "parked", seconds=90)
        for _ in range(6):  # nobody answers: reminded after three days, over after fourteen
            instance.post(f"{instance.addresses['sandbox']}/clock/advance", {"seconds": 5 * 86_400})
            instance.run("sweep")
            until("the leg", lambda: status() in ("parked", "closed"), seconds=60)
            if status() == "closed":
                break
        shown = instance.json("case", "show", number)
        assert shown["outcome"] == "resolved"
        written = [message["template"] for message in shown["messages"] if message["template"]]
        assert written[0] == "coupon-offer"
        flow = instance.prefect(f"/flow_runs/{shown['runs'][0]['run_id']}")["flow_id"]
        assert instance.prefect(f"/flows/{flow}")["name"] == "procedure"
