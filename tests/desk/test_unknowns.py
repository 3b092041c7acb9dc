"""Effects of which nobody knows: listed, told to a person in time, and never done again under a dead key."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood import wiring  # every adapter is imported there
from makegood.desk import unknowns
from makegood.desk.actions import registry
from makegood.desk.unknowns import Unsettled
from makegood.gateways.seller.api import SellerClient
from makegood.store import effects, tasks
from makegood.store.models import Effect
from makegood.store.words import Role
from tests.desk.bench import Bench
from tests.desk.test_nothing_twice import Died, until_keep_offer
from tests.desk.test_refund import euro

assert wiring.make_desk


def key_of(number: str) -> str:
    return f"{number}:refund:1"


def row_of(bench: Bench, number: str) -> Effect:
    with bench.desk.store.begin() as tx:
        row = effects.get(tx, key_of(number))
    assert row is not None
    return row


def told(bench: Bench, role: Role) -> list[str]:
    with bench.desk.store.begin() as tx:
        return [task.why for task, _ in tasks.waiting(tx, roles=[role])]


def the_unknown(bench: Bench) -> Unsettled:
    (found,) = unknowns.listed(bench.desk, only_unknown=True)
    return found


def test_an_unknown_refund_is_listed_with_all_that_is_known_of_it(bench: Bench) -> None:
    number = until_keep_offer(bench)
    bench.world.payments.lose_answer(key_of(number))
    began = bench.desk.now()
    bench.drive(number)
    bench.world.payments.down = True
    bench.wait(seconds=5)
    bench.drive(number)
    found = the_unknown(bench)
    assert (found.case, found.key, found.action) == (number, key_of(number), "payment.refund")
    assert (found.money, found.status, found.task) == (euro(800), "unknown", None)
    assert found.since == began
    assert found.next_look is not None
    assert found.next_look > bench.desk.now()
    assert found.tell_by == began + timedelta(hours=1)
    assert found.why == "the provider cannot be asked"


def test_what_its_caller_died_over_counts_as_unknown_once_nobody_can_be_calling(bench: Bench) -> None:
    number = until_keep_offer(bench)

    def dying(*_: object, **__: object) -> None:
        raise Died

    bench.world.payments.refund = dying  # type: ignore[method-assign,assignment]  # where a kill would strike
    with pytest.raises(Died):
        bench.drive(number)
    assert unknowns.listed(bench.desk, only_unknown=True) == []
    assert [each.status for each in unknowns.listed(bench.desk, only_unknown=False)] == ["intended"]
    bench.wait(minutes=2)
    assert the_unknown(bench).why.startswith("whoever called the provider was gone")


def test_a_person_is_told_when_the_time_of_the_service_levels_is_over(bench: Bench) -> None:
    number = until_keep_offer(bench)
    bench.world.payments.lose_answer(key_of(number))
    bench.drive(number)
    bench.world.payments.down = True
    for _ in range(59):
        bench.wait(minutes=1)
        bench.drive(number)
    assert told(bench, Role.FINANCE) == []
    bench.wait(minutes=1)
    bench.drive(number)
    assert told(bench, Role.FINANCE) == ["effect-unknown"]
    assert the_unknown(bench).task is not None
    bench.world.payments.down = False
    bench.wait(hours=1)
    assert bench.drive(number).end == "closed", "the looking went on"
    assert len(bench.world.payments.refunds) == 1
    assert unknowns.listed(bench.desk, only_unknown=False) == []


def test_a_provider_that_has_forgotten_the_key_is_not_called_again(bench: Bench) -> None:
    """Found nowhere, and nothing that the provider says proves that it did not happen."""
    bench.world.payments.key_lifetime = timedelta(minutes=30)
    bench.world.payments.absent_after = timedelta()
    number = until_keep_offer(bench)
    bench.world.payments.lose_request(key_of(number))
    bench.drive(number)
    bench.world.payments.down = True
    bench.wait(minutes=20)
    bench.drive(number)
    bench.world.payments.down = False
    bench.wait(minutes=10)
    bench.drive(number)
    calls = [key for verb, key in bench.world.payments.calls if verb == "refund"]
    assert calls == [key_of(number)]
    assert row_of(bench, number).error == "KeyExpired"


def test_a_key_that_would_expire_during_the_call_counts_as_expired(bench: Bench) -> None:
    bench.world.payments.key_lifetime = timedelta(minutes=2)
    bench.world.payments.absent_after = timedelta()
    number = until_keep_offer(bench)
    bench.world.payments.lose_request(key_of(number))
    bench.drive(number)
    bench.wait(minutes=2, seconds=-10)
    bench.drive(number)
    assert row_of(bench, number).error == "KeyExpired"


def test_who_cannot_be_looked_up_is_called_again_under_a_live_key_and_never_under_a_dead_one(
    bench: Bench,
) -> None:
    bench.world.payments.can_look_up = False
    bench.world.payments.key_lifetime = timedelta(hours=24)
    number = until_keep_offer(bench)
    bench.world.payments.lose_answer(key_of(number))
    bench.drive(number)
    bench.wait(hours=23)
    assert bench.drive(number).end == "closed", "the live key brought the first answer"
    assert len(bench.world.payments.refunds) == 1


def test_who_cannot_be_looked_up_and_has_forgotten_the_key_is_a_persons_at_once(bench: Bench) -> None:
    """That nothing was found proves nothing where nothing can be looked for."""
    bench.world.payments.can_look_up = False
    bench.world.payments.key_lifetime = timedelta(minutes=5)
    number = until_keep_offer(bench)
    bench.world.payments.lose_answer(key_of(number))
    bench.drive(number)
    bench.wait(minutes=6)
    bench.drive(number)
    assert told(bench, Role.FINANCE) == ["effect-unknown"]
    assert len(bench.world.payments.calls) == 1
    assert the_unknown(bench).why.endswith("a person has to find out")


def test_absence_is_proved_by_the_time_since_the_last_call_not_since_the_first(bench: Bench) -> None:
    """The first request was lost; the second may still be on its way when it is looked for."""
    bench.world.payments.key_lifetime = timedelta(minutes=1)
    number = until_keep_offer(bench)
    bench.world.payments.lose_request(key_of(number))
    bench.drive(number)
    bench.wait(minutes=2)
    bench.world.payments.lose_request(key_of(number))
    bench.drive(number)  # proved absent after 60 s, so called again; that call is lost as well
    row = row_of(bench, number)
    assert (row.attempts, row.called_at) == (2, bench.desk.now())
    assert row.intended_at == row.called_at, "the key's life began again"
    bench.wait(seconds=50)
    bench.drive(number)
    assert len(bench.world.payments.calls) == 2, "50 s prove nothing, and the key would not last the call"
    bench.wait(minutes=15)
    assert bench.drive(number).end == "closed"
    assert len(bench.world.payments.refunds) == 1


@pytest.mark.parametrize("action", registry.EFFECTS)
def test_every_effects_provider_says_how_long_it_knows_a_key_and_whether_it_can_look_up(
    bench: Bench, action: str
) -> None:
    provider = registry.effect(action).provider(bench.hand(bench.open()))
    assert isinstance(provider.key_lifetime, timedelta)
    assert isinstance(provider.can_look_up, bool)
    assert isinstance(provider.absent_after, timedelta)
    assert provider.can_look_up or provider.key_lifetime > timedelta(), "or each lost call is a person's"


@pytest.mark.parametrize("adapter", SellerClient.__subclasses__(), ids=lambda adapter: adapter.__name__)
def test_every_adapter_of_the_seller_says_so_too(adapter: type[SellerClient]) -> None:
    assert adapter.key_lifetime > timedelta()
    assert adapter.can_look_up in (True, False)
