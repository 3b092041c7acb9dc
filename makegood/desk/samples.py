"""Samples: demo people, and cases over the sandbox's sample orders, in several markets and languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from makegood.core.errors import UnknownName
from makegood.desk import staff
from makegood.desk.desk import Desk
from makegood.desk.intake import Message, receive
from makegood.desk.staff import Newcomer
from makegood.desk.views import case_view
from makegood.store import cases
from makegood.store.errors import PersonExists

SUPERVISOR = "sam"

PEOPLE = (
    Newcomer(id=SUPERVISOR, name="Sam Okafor", role="supervisor", limit="5000EUR", demo=True),
    Newcomer(id="tess", name="Tess Lindqvist", role="team-lead", limit="2000EUR", demo=True),
    Newcomer(id="ann", name="Ann Keller", role="agent", locale="de", demo=True),
    Newcomer(id="li", name="Li Na", role="agent", locale="zh", demo=True),
    Newcomer(id="wim", name="Wim de Boer", role="warehouse", demo=True),
    Newcomer(id="wanda", name="Wanda Nowak", role="warehouse-lead", demo=True),
    Newcomer(id="fiona", name="Fiona Grant", role="finance", limit="10000EUR", demo=True),
    Newcomer(id="eddie", name="Eddie Marsh", role="engineer", demo=True),
    Newcomer(id="olga", name="Olga Ruiz", role="ops", demo=True),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One customer's message. `units` names pieces; empty means all of the order."""

    order: str
    procedure: str
    reason: str
    channel: str
    text: str
    owner: str = "ann"
    units: tuple[str, ...] = ()


# Approvals wait in Germany, Britain, Brazil and China, customers in Britain, Germany, Japan and China,
# carriers in France and America, colleagues in Britain and Japan; the others close by themselves.
SHOWN = Sample(
    *("GB-1006", "refund", "defective", "email"),
    "The left side of my headphones has been silent since yesterday. I'd like my money back, please.",
)
COMING_BACK = Sample(
    *("GB-1001", "refund", "changed_mind", "chat"),
    "One of the two T-shirts is too small for me. Can I send just that one back?",
    units=("GB-1001-1/1",),
)
CASES = (
    SHOWN,
    COMING_BACK,
    Sample(
        *("DE-1001", "refund", "changed_mind", "email"),
        "Guten Tag, die Sachen gefallen mir leider nicht. Ich möchte die Bestellung widerrufen.",
    ),
    Sample(
        *("DE-1006", "refund", "defective", "email"),
        "Das Tablet lässt sich nicht mehr einschalten. Was nun?",
    ),
    Sample(
        *("DE-1007", "refund", "changed_mind", "chat"),
        "Ich habe es mir anders überlegt und möchte Zahnbürste und Becher zurückgeben.",
    ),
    Sample(
        *("FR-1006", "refund", "changed_mind", "email"),
        "Bonjour, la bouilloire ne me convient pas. Je souhaite la renvoyer et être remboursée.",
    ),
    Sample(
        *("FR-1007", "cancel", "changed_mind", "chat"),
        "J'ai commandé par erreur. Pouvez-vous annuler, s'il vous plaît ?",
    ),
    Sample(
        *("GB-1003", "cancel", "changed_mind", "email"),
        "Please stop my order, I've just noticed that I still have a kettle.",
    ),
    Sample(
        *("GB-1005", "refund", "changed_mind", "email"),
        "I never wore the jacket. Can I still send it back?",
    ),
    Sample(
        *("US-1004", "refund", "not_delivered", "amazon"),
        "It's been days and my package still isn't here. I want a refund.",
    ),
    Sample(
        *("US-1006", "refund", "changed_mind", "amazon"),
        "I cancelled this order last week. Where is my money?",
    ),
    Sample(
        *("US-1007", "cancel", "changed_mind", "email"),
        "Please cancel this order, I found the same shirt at home.",
    ),
    Sample(
        *("JP-1001", "refund", "damaged", "email"),
        "届いたジャケットのファスナーが壊れていました。返金をお願いします。",
        owner="li",
        units=("JP-1001-2",),
    ),
    Sample(
        *("JP-1005", "refund", "other", "chat"),
        "先日の注文の件でお聞きしたいことがあります。",
        owner="li",
    ),
    Sample(
        *("BR-1001", "refund", "changed_mind", "email"),
        "Oi! Comprei por impulso e quero devolver tudo, por favor.",
    ),
    Sample(
        *("CN-1001", "refund", "damaged", "chat"),
        "收到的外套袖子破了,我想退货退款。",
        owner="li",
        units=("CN-1001-2",),
    ),
    Sample(*("CN-1002", "cancel", "changed_mind", "chat"), "不好意思,拍错了,请帮我取消订单。", owner="li"),
)


def open_samples(desk: Desk) -> dict[str, str]:
    """Case numbers by order. Orders that the shop does not have are left out; a second call opens nothing."""
    _hire(desk)
    return dict(_open(desk))


def _hire(desk: Desk) -> None:
    for person in PEOPLE:
        try:
            staff.add(desk, person)
        except PersonExists:
            continue


def _open(desk: Desk) -> Iterator[tuple[str, str]]:
    for sample in CASES:
        message = Message(
            external_id=f"sample-{sample.order}",
            channel=sample.channel,
            procedure=sample.procedure,
            reason=sample.reason,
            text=sample.text,
            order=sample.order,
            units=sample.units,
        )
        try:
            received = receive(desk, message, must_know_order=True)
        except UnknownName:
            continue
        if received.fresh:
            _own(desk, received.number, sample.owner)
        yield sample.order, received.number


def _own(desk: Desk, number: str, owner: str) -> None:
    with desk.store.begin() as tx:
        case = cases.by_number(tx, number)
        assert case is not None
        cases.assign(tx, case.id, owner, desk.now())


def parcel_of(desk: Desk, number: str) -> str | None:
    """The tracking number of the return that the case waits for; None while it does not."""
    view = case_view(desk, number)
    question = view.state.question if view.state else None
    return question.match if question is not None and "parcel.received" in question.names else None
