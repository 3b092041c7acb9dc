"""The front door: what a channel, a carrier, a customer and a colleague do to it."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pyotp
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from makegood.gateways.signing import sign
from makegood.store.words import Role
from tests.desk.bench import Bench

INTAKE, WEBHOOK, SESSION = b"intake-secret", b"webhook-secret", b"session-secret"
MESSAGE = {
    "channel": "email",
    "procedure": "refund",
    "reason": "defective",
    "order": "A-1",
    "email": "jana@example.test",
    "text": "Both mugs are cracked.",
}


class RealTime:
    """Real time, except that codes of the next half minute can be waited for."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def picture(colour: str = "red", side: int = 64) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "JPEG")
    return out.getvalue()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


@dataclass
class Front:
    bench: Bench
    app: FastAPI
    time: RealTime
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.new_client()

    def new_client(self) -> TestClient:
        """Somebody else's browser."""
        return TestClient(self.app, base_url="http://127.0.0.1", follow_redirects=False)

    def post(
        self, path: str, body: dict[str, Any] | bytes, secret: bytes, at: int | None = None
    ) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = at if at is not None else int(self.time.now().timestamp())
        headers = {"Makegood-Timestamp": str(stamp), "Makegood-Signature": sign(secret, stamp, raw)}
        return self.client.post(path, content=raw, headers=headers)

    def intake(self, **told: Any) -> httpx.Response:
        return self.post("/intake", {"external_id": f"m-{uuid4()}", **MESSAGE, **told}, INTAKE)

    def webhook(self, path: str, event_type: str, data: dict[str, Any], event_id: str = "") -> httpx.Response:
        event = {
            "id": event_id or f"evt-{uuid4()}",
            "type": event_type,
            "occurred_at": "2026-03-02T09:00:00Z",
            "data": data,
        }
        return self.post(f"/webhooks/{path}", event, WEBHOOK)

    def asked_for_photos(self) -> tuple[str, str]:
        """A case that waits for the customer, and the path of its page."""
        opened = self.intake().json()
        self.bench.drive(opened["case"])
        assert self.bench.state(opened["case"]).step == "evidence"
        return opened["case"], httpx.URL(opened["progress"]).path

    def sign_in(
        self, person: str = "alex", role: Role = Role.AGENT, client: TestClient | None = None
    ) -> None:
        if person not in self.bench.secrets:
            self.bench.hire(person, role)
        answer = self.enter(person, self.code(person), client)
        assert answer.status_code == 303, answer.text

    def code(self, person: str) -> str:
        return pyotp.TOTP(self.bench.secrets[person]).at(self.time.now())

    def enter(self, person: str, code: str, client: TestClient | None = None) -> httpx.Response:
        client = client or self.client
        page = client.get("/desk/login")
        form = {"csrf": hidden(page.text, "csrf"), "next": "/desk", "person": person, "code": code}
        return client.post("/desk/login", data=form)

    def send(self, path: str, page: str, **told: str) -> httpx.Response:
        """A form of the desk, with the token of the page that it stands on."""
        token = hidden(self.client.get(page).text, "csrf")
        return self.client.post(path, data={"csrf": token, **told})
