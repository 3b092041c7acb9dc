"""Identity: whether a code proves who it is, and who is told when somebody keeps trying."""

from __future__ import annotations

from datetime import datetime

from makegood.desk import notices
from makegood.desk.desk import Desk
from makegood.store import codes
from makegood.store.codes import CodeRefused, Verdict
from makegood.store.transaction import Tx


def verify(tx: Tx, desk: Desk, person: str, code: str, at: datetime) -> Verdict:
    """Every code that is asked for anywhere goes through here. `at` is the real instant of the answer.

    Commit `tx` whatever the verdict: it counts failures, uses codes up, and tells of a lock-out.
    """
    verdict = codes.verify_code(tx, person, code, at)
    if isinstance(verdict, CodeRefused) and verdict.locks and verdict.until is not None:
        notices.locked_out(tx, desk, person, at, verdict.until)
    return verdict
