"""Signatures of webhooks: HMAC-SHA256 over the time stamp and the raw body, as Stripe and Slack do it.

The header is `v1=<hex>`; several, separated by commas, let a sender change its secret without a gap.
Time stamps are seconds of real time, whatever the sandbox's clock says.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Literal

from makegood.core.errors import Refusal

TOLERANCE = timedelta(minutes=5)

Why = Literal["unsigned", "no-timestamp", "bad-timestamp", "too-old", "from-the-future", "wrong"]


class BadSignature(Refusal):
    """Nothing in this body may be believed."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"the signature does not hold: {why}")
        self.why: Why = why


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """The value of the `Makegood-Signature` header."""
    return f"v1={_digest(secret, str(timestamp), body)}"


def verify(
    secret: bytes,
    timestamp: str | None,
    signature: str | None,
    body: bytes,
    *,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> None:
    """Raises `BadSignature` unless the headers fit the body and are of now, which is real time."""
    if not signature:
        raise BadSignature("unsigned")
    if not timestamp:
        raise BadSignature("no-timestamp")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise BadSignature("bad-timestamp")
    # the secret is checked first, so that a stranger learns nothing about our clock
    wanted = f"v1={_digest(secret, timestamp, body)}".encode()
    given = [each.strip().encode() for each in signature.split(",")]
    if not any(hmac.compare_digest(wanted, each) for each in given):
        raise BadSignature("wrong")
    age = now.timestamp() - int(timestamp)
    if age > tolerance.total_seconds():
        raise BadSignature("too-old")
    if -age > tolerance.total_seconds():
        raise BadSignature("from-the-future")


def _digest(secret: bytes, timestamp: str, body: bytes) -> str:
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
