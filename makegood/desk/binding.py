"""Binding: what an approval is asked for, and whether what is about to move is just that."""

from __future__ import annotations

import hashlib

from makegood.desk.actions.orders import claimed, ref_of_unit, unit_refs
from makegood.desk.actions.shape import Prepared
from makegood.desk.driving import Hand
from makegood.store import cases, orders
from makegood.store.approvals import packet_hash
from makegood.store.models import Approval, ApprovalAnswer, Order
from makegood.store.transaction import Tx, encode
from makegood.store.words import Bucket


def asked_for(tx: Tx, hand: Hand) -> tuple[list[str], list[str]]:
    """The claimed units, and the payments through which money may go back: those of the order."""
    order = _order(tx, hand)
    if order is None:
        return [], []
    units = [ref_of_unit(unit) for unit in claimed(order, unit_refs(hand))]
    return units, [payment.ref for payment in order.payments]


def digest(number: str, approval: Approval) -> bytes:
    """Of all that a yes is given for; the audit keeps it with the yes."""
    told = {
        "case": number,
        "question": approval.question_seq,
        "step": approval.step,
        "visit": approval.visit,
        "ceiling_minor": approval.ceiling_minor,
        "currency": approval.currency,
        "units": approval.units,
        "payees": approval.payees,
        "packet": approval.packet_hash.hex(),
    }
    return hashlib.sha256(encode(told)).digest()


def is_whole(number: str, approval: Approval, answer: ApprovalAnswer) -> bool:
    """Whether the question is still the one that was said yes to, and the packet the one that was shown."""
    shown = packet_hash(approval.packet) == approval.packet_hash
    return shown and answer.bound is not None and answer.bound == digest(number, approval)


def covers(tx: Tx, hand: Hand, approval: Approval, prepared: Prepared) -> bool:
    """Whether each unit and each payment that is about to be used was asked for."""
    order = _order(tx, hand)
    if order is None or approval.units is None or approval.payees is None:
        return False
    refs = {unit.id: ref_of_unit(unit) for unit in order.units}
    payments = {payment.id: payment.ref for payment in order.payments}
    lines = prepared.allocations
    units = {refs.get(line.unit_id or 0) for line in lines if line.bucket is Bucket.UNIT}
    payees = {payments.get(line.payment_id) for line in lines if line.payment_id is not None}
    payees |= {str(part["payment"]) for part in prepared.arguments.get("parts", ())}
    return units <= set(approval.units) and payees <= set(approval.payees)


def _order(tx: Tx, hand: Hand) -> Order | None:
    order_id = cases.get(tx, hand.case_id).order_id
    return orders.get(tx, order_id) if order_id is not None else None
