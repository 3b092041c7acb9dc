"""A webhook counts only when it is signed, unchanged and of now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from makegood.gateways.signing import BadSignature, Why, sign, verify

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
SECRET = b"a shared secret"
BODY = b'{"id": "e-1", "type": "parcel.received"}'


def test_the_signature_is_the_documented_one() -> None:
    # reference value: printf '1700000000.{}' | openssl dgst -sha256 -hmac 'a shared secret'
    expected = "v1=37ab779660f56bb31a61c917860d503cd3556b25dd6eb3293e461d7dc9ca901a"
    assert sign(SECRET, 1_700_000_000, b"{}") == expected


@pytest.mark.parametrize("drift", [timedelta(0), timedelta(minutes=5), timedelta(minutes=-5)])
def test_what_was_signed_within_five_minutes_is_accepted(drift: timedelta) -> None:
    verify(SECRET, str(STAMP), sign(SECRET, STAMP, BODY), BODY, now=NOW + drift)


def test_one_of_two_signatures_is_enough_while_a_secret_changes() -> None:
    both = f"{sign(b'the new secret', STAMP, BODY)}, {sign(SECRET, STAMP, BODY)}"
    verify(SECRET, str(STAMP), both, BODY, now=NOW)


@pytest.mark.parametrize(
    ("stamp", "signature", "body", "late", "why"),
    [
        (str(STAMP), None, BODY, 0, "unsigned"),
        (str(STAMP), "", BODY, 0, "unsigned"),
        (None, sign(SECRET, STAMP, BODY), BODY, 0, "no-timestamp"),
        ("yesterday", sign(SECRET, STAMP, BODY), BODY, 0, "bad-timestamp"),
        ("-1", sign(SECRET, STAMP, BODY), BODY, 0, "bad-timestamp"),
        ("1" * 400, sign(SECRET, STAMP, BODY), BODY, 0, "bad-timestamp"),
        ("²", sign(SECRET, STAMP, BODY), BODY, 0, "bad-timestamp"),
        (str(STAMP), sign(SECRET, STAMP, BODY), BODY + b" ", 0, "wrong"),
        (str(STAMP + 1), sign(SECRET, STAMP, BODY), BODY, 0, "wrong"),
        (str(STAMP), sign(b"another", STAMP, BODY), BODY, 0, "wrong"),
        (str(STAMP), sign(SECRET, STAMP, BODY).removeprefix("v1="), BODY, 0, "wrong"),
        (str(STAMP), "v1=é", BODY, 0, "wrong"),
        (str(STAMP), sign(SECRET, STAMP, BODY), BODY, 301, "too-old"),
        (str(STAMP), sign(SECRET, STAMP, BODY), BODY, -301, "from-the-future"),
    ],
)
def test_anything_else_says_why_it_is_refused(
    stamp: str | None, signature: str | None, body: bytes, late: int, why: Why
) -> None:
    with pytest.raises(BadSignature) as caught:
        verify(SECRET, stamp, signature, body, now=NOW + timedelta(seconds=late))
    assert caught.value.why == why
