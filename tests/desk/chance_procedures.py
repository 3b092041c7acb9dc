"""Procedures of chance: every way in which a quote, an approval and a payment may be put together."""

from __future__ import annotations

import itertools
from pathlib import Path

KINDS = {"refund": 100, "partial_refund": 50, "keep_offer": 20}
"""Remedies with the share that is quoted."""
SHAPES = tuple(itertools.product(KINDS, ("needed", "always"), ("granted", "quoted", "halves")))


def write_procedures(folder: Path) -> Path:
    """One for each shape: what is quoted, when it is asked, and whether what is paid is what was granted,
    what was quoted whatever was granted, or both in two parts."""
    (folder / "procedures").mkdir(parents=True)
    for number, (kind, when, pays) in enumerate(SHAPES):
        asked = "    when: quote.needs_approval\n" if when == "needed" else ""
        amount = {
            "granted": "approval.amount_minor",
            "quoted": "quote.amount_minor",
            "halves": "quote.amount_minor / 2",
        }
        text = _PROCEDURE.format(
            number=number,
            kind=kind,
            share=KINDS[kind],
            asked=asked,
            amount=amount[pays],
            rest="rest" if pays == "halves" else "resolved",
            second=_SECOND if pays == "halves" else "",
        )
        (folder / "procedures" / f"chance_{number}.yaml").write_text(text)
    return folder


_PROCEDURE = """\
procedure: chance_{number}
title: Chance
owner: tests
serves: {{ reasons: all, markets: all }}
start: order
interrupts:
  customer.withdrew:
    - {{ otherwise: withdrawn }}
steps:
  order: {{ run: order.load, as: order, on_error: {{ else: broken }}, then: quote }}
  quote: {{ run: remedy.quote, with: {{ kind: {kind}, share: {share}% }}, as: quote, then: approval }}
  approval:
{asked}    approve: {kind}
    ceiling: quote.amount_minor
    timeout: {{ after: 8bh, escalate: team-lead, again: 8bh, go: refused }}
    answers: {{ approved: pay, adjusted: pay, rejected: again }}
    as: approval
    absent: {{ decision: approved, amount_minor: quote.amount_minor }}
  pay:
    run: payment.refund
    with: {{ amount_minor: "{amount}" }}
    retry: {{ times: 3, up_to: 6h }}
    as: paid
    on_error: {{ no_approval: again, else: broken }}
    then: {rest}
{second}  again:
    approve: {kind}
    ceiling: quote.amount_minor
    timeout: {{ after: 8bh, go: refused }}
    answers: {{ approved: pay, adjusted: pay, rejected: refused }}
    as: approval
    absent: {{ decision: rejected, amount_minor: 0 }}
  resolved:  {{ close: resolved }}
  withdrawn: {{ close: withdrawn }}
  refused:   {{ close: refused }}
  broken:    {{ close: broken }}
"""

_SECOND = """\
  rest:
    run: payment.refund
    with: { amount_minor: "quote.amount_minor - quote.amount_minor / 2" }
    as: paid
    on_error: { no_approval: again, else: broken }
    then: resolved
"""
