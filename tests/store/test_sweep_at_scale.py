"""The sweep's queries over a full store: they touch what is due and nothing else, by their plans."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import TextClause, text

from makegood.store import Tx, cases, outbox
from makegood.store.cases import waking
from makegood.store.inbox import stranded_query
from tests.store.rows import NOW, VERSION, Maker

OPEN = 12_000
LEASE = timedelta(seconds=60)
MINUTE = timedelta(minutes=1)

FILL = text(
    "insert into cases (number, customer_id, order_ref, procedure, version, problem, reason, market, locale,"
    " zone, channel, tier, status, opened_at, wake_at, head, legs, closed_at, outcome)"
    " select 'MG-2026-' || lpad((500000 + n)::text, 6, '0'), :customer, 'S-' || n, 'refund', :version,"
    " 'refund', 'defective', 'DE', 'de', 'UTC', 'email', 'standard',"
    " case when n % 5 = 0 then 'closed' else 'parked' end, :now,"
    " case when n % 5 = 0 then null else cast(:later as timestamptz) + n * interval '1 second' end,"
    " decode(repeat('00', 32), 'hex'), 1, case when n % 5 = 0 then cast(:now as timestamptz) end,"
    " case when n % 5 = 0 then 'refunded' end from generate_series(1, :many) as n"
)
ASKED = text(
    "insert into outbox (case_id, verb, dedupe_key, payload, due_at, sent_at)"
    " select id, 'start-leg', 'start-leg:' || number || '\\:1',"
    " jsonb_build_object('case', number, 'leg', 1), :now, :now from cases"
)


@pytest.fixture
def full(make: Maker, owner_url: str) -> Maker:
    """Thousands of cases, each with a leg behind it, none due."""
    values = {
        "customer": make.customer(),
        "version": VERSION,
        "now": NOW,
        "later": NOW + timedelta(days=1),
        "many": OPEN,
    }
    with make.store.begin() as tx:
        tx.session.execute(FILL, values)
        tx.session.execute(ASKED, {"now": NOW})
    from makegood.store import Store
    from tests.store.rows import MASTER_KEY

    owner = Store(owner_url, MASTER_KEY)  # only who owns a table may have its statistics taken
    with owner.begin() as tx:
        tx.session.execute(text("analyze cases, outbox, inbox, leases"))
    owner.close()
    return make


def plan_of(tx: Tx, query: TextClause, values: dict[str, object]) -> str:
    explained = text(f"explain (costs off) {query.text}")
    return "\n".join(tx.session.scalars(explained, values))


def due_values(limit: int = 1000) -> dict[str, object]:
    now = NOW + MINUTE
    return {"now": now, "after_at": NOW - timedelta(days=9999), "after_id": 0, "limit": limit, "again": now}


def test_waking_what_is_due_reads_the_partial_index_of_due_cases(full: Maker) -> None:
    with full.store.begin() as tx:
        plan = plan_of(tx, waking.WAKE_DUE, due_values())
    assert "ix_cases_due" in plan
    assert "Seq Scan on cases" not in plan
    assert "Seq Scan on outbox" not in plan


def test_asking_again_looks_up_the_few_that_wait_and_never_reads_the_whole_outbox(full: Maker) -> None:
    with full.store.begin() as tx:
        plan = plan_of(tx, outbox.ASK_AGAIN, {"now": NOW + MINUTE, "before": NOW})
    assert "ix_cases_due" in plan
    assert "uq_outbox_dedupe_key" in plan
    assert "Seq Scan on cases" not in plan
    assert "Seq Scan on outbox" not in plan


def test_the_unread_of_closed_cases_are_found_from_the_unread(full: Maker) -> None:
    with full.store.begin() as tx:
        engine = tx.session.connection().engine
        query = stranded_query(NOW, 100).compile(engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(tx.session.scalars(text(f"explain (costs off) {query}")))
    assert "Seq Scan on cases" not in plan


def test_thousands_of_due_timers_get_their_legs_and_a_second_sweep_asks_for_no_more(full: Maker) -> None:
    now = NOW + timedelta(days=1, seconds=5000)
    for expected in (4000, 0):
        asked, after, seen = 0, None, 0
        while True:
            with full.store.begin() as tx:
                before = outbox.unsent(tx)
                page = cases.wake_due(tx, now, lease=LEASE, after=after, limit=1500)
                asked += outbox.unsent(tx) - before
            seen, after = seen + page.cases, page.last
            if after is None:
                break
        assert (seen, asked) == (4000, expected)
