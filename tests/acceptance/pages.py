"""The web pages as people use them: a customer's progress page, and the desk with its forms."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from html import unescape
from typing import Any

import httpx

from tests.acceptance.line import Files
from tests.acceptance.story import Answers
from tests.acceptance.team import Person, code_of

TRIES = 5
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_LINK = re.compile(r"https?://\S+/progress/\S+")
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_TASK = re.compile(r'href="/desk/tasks/(\d+)"')
KINDS = {"photos": ("jpg", "image/jpeg"), "video": ("mp4", "video/mp4")}


def post_signed(web: httpx.Client, path: str, body: Any, secret: str) -> dict[str, Any]:
    """As docs/seller-api.md says: HMAC-SHA256 over time stamp and raw body."""
    raw, stamp = json.dumps(body).encode(), str(int(time.time()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Makegood-Timestamp": stamp,
        "Makegood-Signature": f"v1={digest}",
    }
    answer = web.post(path, content=raw, headers=headers)
    for _ in range(TRIES):  # senders try again what was not taken
        if answer.status_code < 500:
            break
        time.sleep(0.5)
        answer = web.post(path, content=raw, headers=headers)
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text[:500]}"
    told: dict[str, Any] = answer.json()
    return told


def link_in(letters: list[dict[str, Any]]) -> str:
    """The progress page that the newest letter names."""
    for letter in reversed(letters):
        if found := _LINK.search(letter["body"]):
            return found.group().rstrip(".,)")
    raise AssertionError("no letter names the progress page")


def answer_on(web: httpx.Client, link: str, fields: Answers, files: Files) -> None:
    """What the page asks for just now: files, a choice, or words."""
    page = web.get(link)
    assert page.status_code == 200, f"the progress page: {page.status_code}"
    assert 'id="needed"' in page.text, "the page does not ask for anything"
    data = dict(_hidden(page.text))
    if "accepted" in fields:
        data["choice"] = "accept" if fields["accepted"] else "refuse"
    else:
        data |= _typed(fields)
    uploads = [
        (f"f-{kind}", (f"{nr}.{KINDS[kind][0]}", content, KINDS[kind][1]))
        for kind, contents in files.items()
        for nr, content in enumerate(contents)
    ]
    sent = web.post(link, data=data, files=uploads or None)
    assert sent.status_code == 303, f"the answer was not taken: {sent.status_code} {_said(sent.text)}"


def _typed(fields: Answers) -> dict[str, str]:
    words = {True: "yes", False: "no"}
    return {f"f-{name}": words[value] if isinstance(value, bool) else value for name, value in fields.items()}


def _hidden(page: str) -> list[tuple[str, str]]:
    """Of the first form: names that come again belong to another."""
    found: dict[str, str] = {}
    for name, value in _HIDDEN.findall(page):
        found.setdefault(name, unescape(value))
    return list(found.items())


def _said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())[:500]


class DeskPages:
    """One colleague's browser."""

    def __init__(self, address: str, person: Person) -> None:
        self._client = httpx.Client(base_url=address, timeout=30)
        door = self._client.get("/desk/login")
        device = code_of([person])
        assert device is not None, f"{person.id} used this code before"
        data = {**dict(_hidden(door.text)), "person": person.id, "code": device[1]}
        entered = self._client.post("/desk/login", data=data)
        assert entered.status_code == 303, f"{person.id} may not in: {_said(entered.text)}"

    def do(self, task: int, number: str, answers: Answers) -> None:
        """Each tenth task is looked up in the list of the colleague's role first."""
        if task % 10 == 0:
            listed = self._client.get("/desk/tasks")
            assert listed.status_code == 200
            assert _is_listed(listed.text, task, number), f"the list does not show task {task} of {number}"
        page = self._client.get(f"/desk/tasks/{task}")
        data = {**dict(_hidden(page.text)), **_typed(answers)}
        done = self._client.post(f"/desk/tasks/{task}", data=data)
        assert done.status_code == 303, f"task {task} of {number}: {done.status_code} {_said(done.text)}"

    def close(self) -> None:
        self._client.close()


def _is_listed(page: str, task: int, number: str) -> bool:
    rows = (row for row in _ROW.findall(page) if number in row)
    return any(found.group(1) == str(task) for row in rows for found in _TASK.finditer(row))
