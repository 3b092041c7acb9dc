"""What these tests ask of an instance beside the browser: people, cases, and the runs that wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyotp

from tests.instance import Instance, until


def enrol(instance: Instance, person: str, limit: str, role: str = "supervisor") -> str:
    """The otpauth address of somebody who may approve so much, everywhere."""
    told = instance.json("people", "add", person, "--role", role, "--limit", limit, "--markets", "all")
    return str(told["otpauth"])


def code_of(uri: str) -> str:
    parsed = pyotp.parse_uri(uri)
    assert isinstance(parsed, pyotp.TOTP)
    return parsed.at(datetime.now(UTC))


def cancel(instance: Instance, order: str) -> str:
    """A cancellation's number. The order is captured and being picked, so that money would go back."""
    opened = instance.json(
        "case",
        "open",
        *("--order", order, "--procedure", "cancel", "--reason", "changed_mind"),
        *("--channel", "email", "--external-id", f"e2e-{order}"),
    )
    return str(opened["case"])


def shown(instance: Instance, number: str) -> dict[str, Any]:
    case: dict[str, Any] = instance.json("case", "show", number)
    return case


def open_question(instance: Instance, number: str, after: str = "") -> tuple[str, str]:
    """The suspended run of the case and the key of its question, once it is another than `after`."""

    def look() -> tuple[str, str] | None:
        body = {"flow_runs": {"state": {"name": {"any_": ["Suspended"]}}}}
        for run in instance.prefect("/flow_runs/filter", body):
            key = run["state"]["state_details"].get("pause_key") or ""
            if run["parameters"].get("case") == number and key != after:
                return run["id"], key
        return None

    return until(f"a suspended run of {number}", look)


def refunds(instance: Instance, number: str) -> list[int]:
    """What the sandbox's acquirer has given back for the case, in minor units."""
    books = instance.get(f"{instance.addresses['sandbox']}/books")
    ours = [refund for refund in books["refunds"] if refund["reference"].startswith(number)]
    return [refund["amount"]["minor"] for refund in ours]
