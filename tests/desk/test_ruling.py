"""authority.yaml under two signatures: what was signed last holds, whatever the file says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from makegood.core.money import Money
from makegood.desk import auditing, ruling, staff, sweeping
from makegood.desk.ruling import AlreadySigned, NobodySigns, Standing
from makegood.desk.staff import Newcomer
from makegood.desk.warrants import NeedsTwo, Warrant, WarrantRefused
from makegood.library import read_authority
from makegood.store import audit, authorities
from makegood.store.store import make_engine
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_refund import dear_order

LOWER = ("supervisor: { remedies: any, limit: 500.00 EUR", "supervisor: { remedies: any, limit: 100.00 EUR")


@pytest.fixture
def bench(store_url: str) -> Bench:
    """An order of 204.90, and Sam, who may approve 500 of it by the file as shipped."""
    made = make_bench(store_url, dear_order())
    made.hire("sam")
    return made


@pytest.fixture
def write(bench: Bench, tmp_path: Path) -> Callable[..., Bench]:
    """Another process, after somebody has changed the file: its own desk over the same store."""

    def change(*pair: str) -> Bench:
        path = tmp_path / "authority.yaml"
        shipped = bench.desk.library.authority_text
        path.write_text(shipped.replace(*pair) if pair else shipped)
        library = replace(
            bench.desk.library,
            authority=read_authority(path.read_text()),
            authority_text=path.read_text(),
            authority_file=path,
        )
        return Bench(replace(bench.desk, library=library), bench.world, bench.secrets)

    return change


def enrol(bench: Bench) -> None:
    """With nobody else there: Sam of the bench is a supervisor, so that the administrator is the second."""
    uri = staff.add(bench.desk, Newcomer(id="root", role="admin")).uri
    parsed = pyotp.parse_uri(uri)
    assert isinstance(parsed, pyotp.TOTP)
    bench.secrets["root"] = parsed.secret


def both(bench: Bench, step: int = 0) -> Warrant:
    at = datetime.now(UTC) + timedelta(seconds=30 * step)
    root, sam = (pyotp.TOTP(bench.secrets[each]).at(at) for each in ("root", "sam"))
    return Warrant(by="root", code=root, second="sam", second_code=sam)


def asked(bench: Bench) -> str:
    number = bench.open(reason="changed_mind")
    assert bench.drive(number).end == "suspended"
    return number


def why(bench: Bench, number: str) -> str:
    question = bench.state(number).question
    return question.why if question else ""


def test_until_two_are_there_the_file_holds(bench: Bench, write: Callable[..., Bench]) -> None:
    changed = write(*LOWER)
    assert ruling.tell(changed.desk).standing is Standing.FILE
    assert ruling.in_force(changed.desk) == changed.desk.library.authority
    with pytest.raises(NobodySigns):
        ruling.sign(changed.desk, Warrant())


def test_from_then_on_what_held_is_changed_by_signatures_only(
    bench: Bench, write: Callable[..., Bench]
) -> None:
    enrol(bench)
    told = ruling.tell(bench.desk)
    assert (told.standing, told.signed is not None and told.signed.by) == (Standing.SIGNED, None)
    changed = write(*LOWER)
    told = ruling.tell(changed.desk)
    assert told.standing is Standing.NOT_OBEYED
    assert "-  supervisor: { remedies: any, limit: 500.00 EUR" in told.changes
    assert "not obeyed" in told.said
    assert ruling.in_force(changed.desk).roles["supervisor"].limit == Money(minor=50000, currency="EUR")


def test_a_file_that_nobody_signed_gives_no_right(bench: Bench, write: Callable[..., Bench]) -> None:
    """Somebody with access to the machine raises the limit of automatic payments."""
    enrol(bench)
    changed = write("- { limit: 50.00 EUR }", "- { limit: 5000.00 EUR }")
    number = asked(changed)
    assert bench.world.payments.refunds == []
    assert sweeping.sweep(changed.desk) is not None
    assert why(changed, number) == ""


def test_a_signed_one_takes_effect_on_open_questions_in_every_process(
    bench: Bench, write: Callable[..., Bench]
) -> None:
    enrol(bench)
    number = asked(bench)
    changed = write(*LOWER)
    assert ruling.sign(changed.desk, both(bench)).standing is Standing.SIGNED
    bench.decide(number, "approve", "sam", code=pyotp.TOTP(bench.secrets["sam"]).at(_later(1)))
    bench.drive(number)  # the process that was there before, with the old file in its memory
    assert why(bench, number) == "The amount is above your limit"
    assert ruling.tell(bench.desk).standing is Standing.NOT_OBEYED, "its own file is the old one"


def _later(steps: int) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=30 * steps)


def test_who_signed_is_kept_and_signing_twice_is_nothing(bench: Bench, write: Callable[..., Bench]) -> None:
    enrol(bench)
    changed = write(*LOWER)
    told = ruling.sign(changed.desk, both(bench))
    assert told.signed is not None
    assert (told.signed.by, told.signed.second) == ("root", "sam")
    with bench.desk.store.begin() as tx:
        row = audit.changes(tx)[-1]
        assert (row.what, row.by, row.second) == ("authority.signed", "root", "sam")
        assert row.told == {"sha256": told.digest}
    with pytest.raises(AlreadySigned):
        ruling.sign(changed.desk, both(bench, 1))
    auditing.keep_daily(bench.desk)
    assert auditing.verify(bench.desk, lambda _: None).faults == ()


def test_the_file_of_the_enrolment_may_be_signed_with_names(bench: Bench) -> None:
    enrol(bench)
    assert ruling.sign(bench.desk, both(bench)).standing is Standing.SIGNED


@pytest.mark.parametrize(
    ("by", "second", "error"),
    [("root", "root", NeedsTwo), ("sam", "root", WarrantRefused), ("", "", NeedsTwo)],
)
def test_it_takes_an_administrator_and_somebody_else(
    bench: Bench, write: Callable[..., Bench], by: str, second: str, error: type[Exception]
) -> None:
    enrol(bench)
    changed = write(*LOWER)
    given = both(bench)
    codes = {"root": given.code, "sam": given.second_code, "": ""}
    with pytest.raises(error):
        ruling.sign(changed.desk, Warrant(by=by, code=codes[by], second=second, second_code=codes[second]))
    assert ruling.tell(changed.desk).standing is Standing.NOT_OBEYED


def test_an_older_one_is_signed_again_and_holds_again(bench: Bench, write: Callable[..., Bench]) -> None:
    enrol(bench)
    ruling.sign(write(*LOWER).desk, both(bench))
    back = write()
    assert ruling.tell(back.desk).standing is Standing.NOT_OBEYED
    ruling.sign(back.desk, both(bench, 1))
    assert ruling.tell(back.desk).standing is Standing.SIGNED
    assert ruling.in_force(bench.desk) == bench.desk.library.authority


def test_a_row_that_two_people_have_not_made_is_passed_over(bench: Bench) -> None:
    """Whoever has the database's password and not the master key makes a row of their own."""
    enrol(bench)
    kept = ruling.tell(bench.desk)
    wide = bench.desk.library.authority_text.replace("- { limit: 50.00 EUR }", "- { limit: 5000.00 EUR }")
    with bench.desk.store.begin() as tx:
        tx.session.execute(
            text(
                "insert into authorities (at, digest, content, by, second, signature)"
                " select now(), sha256(convert_to(:wide, 'UTF8')), :wide, 'root', 'sam', signature"
                " from authorities"
            ),
            {"wide": wide},
        )
    assert ruling.tell(bench.desk).digest == kept.digest
    assert ruling.in_force(bench.desk) == bench.desk.library.authority
    faults = auditing.verify(bench.desk, lambda _: None).faults
    assert [fault.where for fault in faults] == ["authority.yaml"]


def test_a_copy_of_an_old_row_brings_nothing_back(bench: Bench, write: Callable[..., Bench]) -> None:
    enrol(bench)
    signed = ruling.sign(write(*LOWER).desk, both(bench)).digest
    with bench.desk.store.begin() as tx:
        tx.session.execute(
            text(
                "insert into authorities (at, digest, content, by, second, signature)"
                " select at, digest, content, by, second, signature from authorities where by is null"
            )
        )
    assert ruling.tell(bench.desk).digest == signed


def test_nobody_takes_a_signed_one_back_out(bench: Bench, owner_url: str) -> None:
    enrol(bench)
    for change in ("delete from authorities", "update authorities set content = ''"):
        with pytest.raises(DBAPIError, match="insert-only"), make_engine(owner_url).begin() as owner:
            owner.execute(text(change))


def test_two_that_came_by_another_door_are_told_of_loudly(bench: Bench) -> None:
    bench.hire("root", Role.ADMIN)  # into the store, past the desk
    told = ruling.tell(bench.desk)
    assert told.standing is Standing.UNSIGNED
    counts = sweeping.sweep(bench.desk)
    assert counts is not None
    assert counts["authority.yaml not as signed"] == 1
    with bench.desk.store.begin() as tx:
        assert authorities.newest(tx) is None
