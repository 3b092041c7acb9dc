"""Causes: what several cases have in common, told from a reason and codes alone."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

ARTICLE = frozenset({"defective", "damaged", "not_as_described", "wrong_item", "missing_item"})
"""Reasons that lie in the goods: cases are of one cause when they claim one and the same article."""

SHIPMENT = frozenset({"not_delivered"})
"""Reasons that lie on the way: of one cause is what left one country's warehouse on one day."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")


@dataclass(frozen=True, slots=True)
class Cause:
    """`reason` is a case's; `what` the article's code, or where and when the shipment left."""

    reason: str
    what: str

    def __str__(self) -> str:
        kind = "article" if self.reason in ARTICLE else "shipment"
        return f"{self.reason}: {kind} {self.what}"


def cause_of(reason: str, articles: Collection[str], ships_from: str, shipped_on: str) -> Cause | None:
    """None where nothing says that another case is of the same cause.

    A change of mind is the customer's own; a claim of several articles may have several causes. Codes come
    from a shop: one that is not made of plain letters, digits, dots and dashes is not repeated anywhere.
    """
    if reason in ARTICLE and len(articles) == 1:
        (article,) = articles
        return Cause(reason, article) if _CODE.fullmatch(article) else None
    if reason in SHIPMENT and _CODE.fullmatch(ships_from) and _CODE.fullmatch(shipped_on):
        return Cause(reason, f"{ships_from} {shipped_on}")
    return None
