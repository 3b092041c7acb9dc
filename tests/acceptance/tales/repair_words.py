"""Words of the tales of repairs: what people do and which letters go out when nothing special happens."""

from __future__ import annotations

from tests.acceptance.tale import Parcel, Repairer, Says, Turns, Works

ORDER = "{order}"  # the number of the tale's own order

# ---- the customer
BROKEN = Says({"solved": False, "description": "It makes a noise and stops."})
SOLVED = Says({"solved": True})
WORKS_AGAIN, BROKEN_AGAIN = Says({"works": True}), Says({"works": False})
CONSENTS, REFUSES = Says({"consent": True}), Says({"consent": False})
ANOTHER, MONEY = Says({"wish": "another"}), Says({"wish": "refund"})
HERE = Says({"address_ok": True})

# ---- repairer and carrier
RECEIVED, DONE, BEYOND = Repairer("received"), Repairer("done"), Repairer("beyond_repair")
SENT = Repairer("shipped")
ON_ITS_WAY = Parcel("to-repairer", "IN_TRANSIT")
BACK = Parcel("from-repairer", "DELIVERED")

# ---- colleagues
DID_NOT_HAPPEN = Works({"outcome": "did_not_happen"})
WITHIN_DAYS, GIVE_UP = Works({"outcome": "within_days"}), Works({"outcome": "give_up"})
TOLD = Works({"told": True})
FREE, FOR_MONEY = Works({"in_warranty": True}), Works({"in_warranty": False})

# ---- how it goes when nothing is in the way
ADVISED = ("acknowledgement", "troubleshooting")
SENT_IN = (*ADVISED, "repair-instructions")
IN = (*SENT_IN, "repair-received")
AND_BACK = (*IN, "repair-on-its-way", "repair-check")
PRICED = (*IN, "repair-quote")
PAID = (*PRICED, "repair-payment")
REMINDED_TWICE = ("reminder", "reminder")

ARRIVES: dict[str, Turns] = {"troubleshoot": BROKEN, "await-arrival": RECEIVED}
COMES_BACK: dict[str, Turns] = {"await-shipping": SENT, "await-return": BACK, "works": WORKS_AGAIN}
GOES_WELL: dict[str, Turns] = {**ARRIVES, "await-repair": DONE, **COMES_BACK}
NO_WARRANTY = 800  # days since the delivery: more than two years
