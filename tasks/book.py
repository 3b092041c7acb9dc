"""Which skin an action wears."""

from __future__ import annotations

from tasks import carrier, claims, desk, goods, mailbox, payments, shop, warehouse
from tasks.skin import Skin

SKINS: dict[str, Skin] = {
    skin.name: skin
    for skin in (
        carrier.recall,
        carrier.return_label,
        carrier.void_label,
        claims.check_evidence,
        claims.file,
        claims.repeat,
        desk.check_warranty,
        desk.deduct,
        desk.judge,
        desk.quote,
        goods.approve,
        goods.call_back,
        goods.call_off,
        goods.find_stock,
        goods.open_repair,
        goods.return_unrepaired,
        goods.send,
        goods.write_off,
        mailbox.send,
        payments.by_hand,
        payments.link,
        payments.refund,
        payments.void,
        shop.attach,
        shop.cancel,
        shop.history,
        shop.load,
        warehouse.hold,
        warehouse.intercept,
        warehouse.release,
    )
}


def skin_of(action: str) -> Skin:
    """The action's own, or the desk's general one."""
    return SKINS.get(action, desk.step)
