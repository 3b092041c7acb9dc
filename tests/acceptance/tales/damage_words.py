"""What the people of the tales of damage say and do, and the letters of the ways that many of them go."""

from __future__ import annotations

from tests.acceptance.tale import CarrierAnswers, Parcel, Says, Withdraws, Works

# ---- the customer -----------------------------------------------------------------------------------

ORDER = "{order}"  # the number of the tale's own order
SHOWN = Says(photos=2)
KEEP, ANOTHER, SEND_BACK = Says({"wish": "keep"}), Says({"wish": "another"}), Says({"wish": "send_back"})
ACCEPTS, REFUSES = Says({"accepted": True}), Says({"accepted": False})
HERE = Says({"address_ok": True})
SEND_AGAIN, MONEY = Says({"wish": "send_again"}), Says({"wish": "refund"})
THOUGHT_BETTER = Withdraws()

# ---- colleagues ---------------------------------------------------------------------------------------

FOUND = Works({"order_number": ORDER, "no_such_order": False})
NO_SUCH = Works({"order_number": "", "no_such_order": True})
HAS_IT, NOT_YET = Works({"outcome": "has_it"}), Works({"outcome": "not_yet"})
ON_THE_WAY = Works({"cause": "transport", "note": "the box is dented"})
MADE_SO = Works({"cause": "production", "note": "the glaze is cracked"})
UNCLEAR = Works({"cause": "unclear", "note": "the photographs are blurred"})
BY_THE_CUSTOMER = Works({"cause": "by_customer", "note": "bite marks"})
OURS, NOT_OURS = Works({"outcome": "ours"}), Works({"outcome": "not_ours"})
RETRY = Works({"retry": True}, mends=True)
NOT_DONE = Works({"outcome": "did_not_happen"})  # of an effect of which nobody knows
PAID, NOT_PAID = Works({"settled": "paid"}), Works({"settled": "not_paid"})
ASK_AGAIN, ANOTHER_WAY = Works({"outcome": "ask_again"}), Works({"outcome": "another_way"})
TAKEN_OVER = Works({"taken_over": True})
AS_NEW = Works({"condition": "as_new", "note": "nothing to see"})

# ---- the carrier ----------------------------------------------------------------------------------------

THERE = Parcel("reship", "DELIVERED")
RETURNED = Parcel("return", "DELIVERED")
CARRIER_PAYS, CARRIER_REFUSES = CarrierAnswers(accepted=True), CarrierAnswers(accepted=False)
WAIT_ON = Works({"outcome": "keep_waiting"})
YES_BY_PHONE, NO_BY_PHONE = Works({"outcome": "accepted"}), Works({"outcome": "rejected"})
CONTESTED, ACCEPT_IT = Works({"outcome": "contested"}), Works({"outcome": "accept_it"})
RECEIVED, NOTHING_CAME = Works({"outcome": "received"}), Works({"outcome": "not_paid"})

# ---- letters ------------------------------------------------------------------------------------------

ASKED = ("acknowledgement", "damage-evidence")
CHOSE = (*ASKED, "damage-choice")
OFFERED = (*CHOSE, "keep-offer")
KEPT = (*OFFERED, "refund-confirmed")
DECLINED = (*ASKED, "claim-declined")
SENT_AGAIN = ("address-confirmation", "reship-sent")
FROM_HOME = ("reship-from-home", *SENT_AGAIN)
SENT_BACK = ("return-instructions", "refund-confirmed")
