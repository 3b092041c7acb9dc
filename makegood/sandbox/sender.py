"""Webhooks on their way out: signed, from a table, again and again until they arrive."""

import hashlib
import hmac
import http.client
import logging
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import psycopg

from makegood.sandbox.database import Database

log = logging.getLogger(__name__)
POLL_SECONDS = 1.0
SEND_SECONDS = 5.0
LONGEST_BACKOFF_SECONDS = 15
TRY_AGAIN = {408, 425, 429}


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """The value of `Makegood-Signature`; `timestamp` is real time in unix seconds."""
    mac = hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1={mac.hexdigest()}"


class Sender:
    """One thread. Without a target it is never started, and webhooks wait in their table."""

    def __init__(self, database: Database, target: str | None, secret: bytes) -> None:
        self._database = database
        self._target = urlsplit(target.rstrip("/")) if target else None
        self._secret = secret
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-webhooks", daemon=True)

    def start(self) -> None:
        if self._target is not None:
            self._thread.start()

    def nudge(self) -> None:
        self._work.set()

    def stop(self) -> None:
        """Finishes the webhook in hand, at most `SEND_SECONDS`; the others stay in their table."""
        self._stopping.set()
        self._work.set()
        if self._thread.is_alive():
            self._thread.join(SEND_SECONDS + 1)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._work.clear()
            try:
                while not self._stopping.is_set() and self._send_next():
                    pass
            except psycopg.Error as problem:
                log.warning("webhooks wait for the database: %s", problem)
            self._work.wait(POLL_SECONDS)

    def _send_next(self) -> bool:
        with self._database.connection() as connection, connection.transaction():
            row = connection.execute(
                "SELECT nr, path, body, attempts FROM webhook"
                " WHERE sent_at IS NULL AND refused_status IS NULL AND due_at <= clock_timestamp()"
                " ORDER BY due_at, nr LIMIT 1 FOR UPDATE SKIP LOCKED"
            ).fetchone()
            if row is None:
                return False
            outcome = self._post(row["path"], row["body"].encode())
            self._record(connection, row["nr"], row["attempts"] + 1, outcome)
            return True

    def _post(self, path: str, body: bytes) -> int | str:
        """The status of the answer, or the problem in words."""
        assert self._target is not None
        secure = self._target.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        timestamp = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "Makegood-Timestamp": str(timestamp),
            "Makegood-Signature": sign(self._secret, timestamp, body),
        }
        connection = kind(self._target.netloc, timeout=SEND_SECONDS)
        try:
            connection.request("POST", self._target.path + path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException) as problem:
            return f"{type(problem).__name__}: {problem}"
        finally:
            connection.close()

    def _record(
        self, connection: psycopg.Connection[Any], nr: int, attempts: int, outcome: int | str
    ) -> None:
        match outcome:
            case int() if 200 <= outcome < 300:
                change = "sent_at = clock_timestamp(), error = NULL"
            case int() if 300 <= outcome < 500 and outcome not in TRY_AGAIN:
                log.warning("webhook %s was refused with %s and is not sent again", nr, outcome)
                change = "refused_status = %(outcome)s::int, error = 'refused'"
            case _:
                change = (
                    "error = %(outcome)s::text, due_at = clock_timestamp() + make_interval(secs => %(wait)s)"
                )
        wait = min(LONGEST_BACKOFF_SECONDS, 0.25 * 2 ** min(attempts, 10))
        connection.execute(
            f"UPDATE webhook SET attempts = %(attempts)s, {change} WHERE nr = %(nr)s",  # noqa: S608 - fixed texts
            {"nr": nr, "attempts": attempts, "outcome": outcome, "wait": wait},
        )
