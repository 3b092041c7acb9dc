"""Messages, evidence, timers, promises, runs and versions: kept once, read in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from makegood.store import cases, evidence, messages, procedures, promises, runs, timers
from makegood.store.errors import Missing, VersionChanged
from makegood.store.evidence import NewEvidence
from makegood.store.messages import NewMessage
from makegood.store.promises import Standing
from makegood.store.words import CapturedSource, Direction, EvidenceKind, PromiseName
from tests.store.rows import LATER, NOW, VERSION, Maker

MINUTE = timedelta(minutes=1)
LETTER = NewMessage(
    direction=Direction.IN,
    channel="email",
    locale="de-DE",
    subject="Kaputte Tasse",
    body="Die Tasse kam zerbrochen an. 谢谢",
    at=NOW,
    author="customer",
    external_id="<1@example.org>",
)
PHOTO = NewEvidence(
    kind=EvidenceKind.PHOTO,
    sha256=bytes(32),
    size=2048,
    media_type="image/jpeg",
    blob_key="ab/cd",
    received_at=NOW,
)


def test_a_conversation_reads_in_order_and_is_sealed(make: Maker) -> None:
    case = make.case()
    reply = replace(
        LETTER,
        direction=Direction.OUT,
        at=LATER,
        author="system",
        key=f"{case.number}:ack:1",
        external_id=None,
    )
    with make.store.begin() as tx:
        second = messages.add(tx, case.id, reply)
        first = messages.add(tx, case.id, LETTER)
        assert [message.id for message in messages.thread(tx, case.id)] == [first, second]
        assert messages.thread(tx, case.id)[0].body == LETTER.body
        found = messages.by_key(tx, f"{case.number}:ack:1")
        assert found is not None
        assert found.author == "system"
        assert messages.by_key(tx, "MG:none") is None
        assert "Tasse" not in str(tx.session.execute(text("select m::text from messages m")).all())


def test_a_message_comes_and_is_sent_once(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        first = messages.add(tx, case.id, LETTER)
        assert messages.add(tx, case.id, replace(LETTER, body="again")) == first
        ours = replace(LETTER, external_id=None, key="MG-2026-000001:ack:1")
        sent = messages.add(tx, case.id, ours)
        assert messages.add(tx, case.id, ours) == sent
        assert len(messages.thread(tx, case.id)) == 2


def test_the_same_photograph_is_kept_once_and_known_from_other_cases(make: Maker) -> None:
    case, other = make.case(), make.case()
    with make.store.begin() as tx:
        kept = evidence.add(tx, case.id, PHOTO)
        assert evidence.add(tx, case.id, replace(PHOTO, blob_key="ef/gh")).blob_key == "ab/cd"
        evidence.add(
            tx,
            other.id,
            replace(PHOTO, captured_at=NOW - MINUTE, captured_source=CapturedSource.FILE),
        )
        assert evidence.elsewhere(tx, case.id, PHOTO.sha256) == [other.id]
        assert [row.id for row in evidence.of_case(tx, case.id)] == [kept.id]
        assert evidence.get(tx, 404) is None
    with pytest.raises(Exception, match="ck_evidence_captured"), make.store.begin() as tx:
        evidence.add(tx, case.id, replace(PHOTO, sha256=bytes(31) + b"x", captured_at=NOW))


def test_timers_are_replaced_as_a_whole(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        timers.replace(tx, case.id, [("remind", LATER, "remind the customer"), ("retry", NOW, "try again")])
        assert [timer.name for timer in timers.of_case(tx, case.id)] == ["retry", "remind"]
        assert [timer.name for timer in timers.due(tx, NOW)] == ["retry"]
        timers.replace(tx, case.id, [])
        assert timers.of_case(tx, case.id) == []


def test_promises_that_want_a_warning_or_are_broken_are_due_until_that_is_noted(make: Maker) -> None:
    case = make.case()
    reply = Standing(name=PromiseName.FIRST_REPLY, warn_at=NOW, due=NOW + MINUTE)
    paused = Standing(name=PromiseName.RESOLUTION, warn_at=None, due=None)

    def due(at=NOW) -> list[PromiseName]:  # type: ignore[no-untyped-def]
        with make.store.begin() as tx:
            return [promise.name for promise in promises.due(tx, at)]

    def put(standing: Standing) -> None:
        with make.store.begin() as tx:
            promises.put(tx, case.id, [standing])

    put(paused)
    put(reply)
    assert due(NOW - MINUTE) == []
    assert due() == [PromiseName.FIRST_REPLY]
    put(replace(reply, warned_at=NOW))
    assert due() == []
    assert due(NOW + MINUTE) == [PromiseName.FIRST_REPLY]
    put(replace(reply, warned_at=NOW, breached_at=NOW + MINUTE))
    assert due(LATER) == []
    with make.store.begin() as tx:
        assert len(promises.of_case(tx, case.id)) == 2


def test_legs_are_counted_once_per_run(make: Maker) -> None:
    case = make.case()
    one, two = UUID(int=1), UUID(int=2)
    with make.store.begin() as tx:
        assert runs.link(tx, cases.lock(tx, case.id), one, flow="refund", purpose="drive", now=NOW) == 1
        assert runs.link(tx, cases.lock(tx, case.id), one, flow="refund", purpose="drive", now=NOW) == 1
        assert runs.link(tx, cases.lock(tx, case.id), two, flow="refund", purpose="drive", now=NOW) == 2
        assert cases.get(tx, case.id).legs == 2
        assert runs.state(tx, two, "Suspended", question_seq=9)
        assert not runs.state(tx, UUID(int=3), "Running")
        assert [link.run_id for link in runs.suspended_on(tx, case.id, 9)] == [two]
        assert [link.state for link in runs.of_case(tx, case.id)] == ["Running", "Suspended"]
        assert runs.numbers(tx, [one, UUID(int=3)]) == {one: case.number}
        assert runs.count(tx) == 2


def test_a_version_is_published_once_and_never_with_another_content(make: Maker) -> None:
    with make.store.begin() as tx:
        assert not procedures.publish(tx, VERSION, "refund", "procedure: refund\n", {}, {}, LATER)
        with pytest.raises(VersionChanged):
            procedures.publish(tx, VERSION, "refund", "procedure: other\n", {}, {}, LATER)
        assert procedures.publish(tx, "refund-2", "refund", "v2", {"remedy": "csv"}, {"order.load": 1}, LATER)
        assert not procedures.publish(
            tx, "refund-2", "refund", "v2", {"remedy": "csv"}, {"order.load": 1}, NOW
        )
        latest = procedures.latest(tx, "refund")
        assert latest is not None
        assert (latest.version, latest.tables) == ("refund-2", {"remedy": "csv"})
        assert procedures.latest(tx, "cancel") is None
        with pytest.raises(Missing):
            procedures.get(tx, "refund-3")


def test_versions_with_open_cases_are_counted(make: Maker) -> None:
    case = make.case()
    make.case()
    with make.store.begin() as tx:
        cases.close(tx, case.id, 0, outcome="refunded", now=NOW)
        assert procedures.pinned(tx) == {VERSION: 1}


def test_an_owner_is_assigned_and_taken_off(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        cases.assign(tx, case.id, None, NOW)
        assert cases.get(tx, case.id).owner is None
