"""Which skin an action wears."""

from __future__ import annotations

from tasks import carrier, desk, mailbox, payments, shop, warehouse
from tasks.skin import Skin

SKINS: dict[str, Skin] = {
    skin.name: skin
    for skin in (
        carrier.recall,
        carrier.return_label,
        carrier.void_label,
        desk.deduct,
        desk.judge,
        desk.quote,
        mailbox.send,
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
