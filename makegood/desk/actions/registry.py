"""Which action does what: the one list that joins contracts with the code that fulfils them."""

from __future__ import annotations

from makegood.core.contracts import CONTRACTS, MESSAGE_SEND, Contract
from makegood.core.errors import UnknownName
from makegood.desk.actions import (
    by_hand,
    claiming,
    goods,
    judging,
    letters,
    parcels,
    paying,
    repairing,
    shop,
    warehouse,
)
from makegood.desk.actions.shape import EffectAction, Query

QUERIES: dict[str, Query] = {
    "order.load": shop.Load(),
    "order.attach": shop.Attach(),
    "customer.history": shop.History(),
    "policy.judge": judging.Judge(),
    "remedy.quote": judging.Quote(),
    "remedy.deduct": judging.Deduct(),
    "stock.find": goods.FindStock(),
    "reship.write_off": goods.WriteOff(),
    "warranty.check": repairing.CheckWarranty(),
    "evidence.check": claiming.CheckEvidence(),
    "claims.repeat": claiming.Repeat(),
}

EFFECTS: dict[str, EffectAction] = {
    "payment.refund": paying.Refund(),
    "payment.void": paying.Void(),
    "payment.by_hand": by_hand.RecordPayment(),
    "order.cancel": shop.Cancel(),
    "warehouse.hold": warehouse.Hold(),
    "warehouse.release": warehouse.Release(),
    "warehouse.intercept": warehouse.Intercept(),
    "parcel.return_label": parcels.ReturnLabel(),
    "parcel.void_label": parcels.VoidLabel(),
    "parcel.recall": parcels.Recall(),
    "reship.send": goods.Send(),
    "reship.cancel": goods.CallBack(),
    "repair.open": repairing.Open(),
    "repair.cancel": repairing.CallOff(),
    "repair.approve": repairing.Approve(),
    "repair.return_unrepaired": repairing.SendBack(),
    "payment.link": repairing.MakeLink(),
    "claim.file": claiming.File(),
    MESSAGE_SEND.name: letters.Send(),
}


_KNOWN = {**CONTRACTS, MESSAGE_SEND.name: MESSAGE_SEND}


def contract_of(action: str) -> Contract:
    """Raises UnknownName."""
    if action not in _KNOWN:
        raise UnknownName("action", "action", action, tuple(_KNOWN))
    return _KNOWN[action]


def query(action: str) -> Query:
    return QUERIES[action]


def effect(action: str) -> EffectAction:
    return EFFECTS[action]
