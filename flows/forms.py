"""The forms behind the Resume button: what a person answers to a suspended leg."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from prefect.input import RunInput
from pydantic import Field, create_model

_DIGITS = 12  # hexadecimal, of the packet's digest


class Approval(RunInput):
    """A supervisor's answer.

    Prefect checks only the shape (what has no default must be there) and refuses the resume otherwise, so
    the run stays suspended. Everything that needs judgement is text and is judged by the desk, which asks
    again: input that does not validate kills a resumed run (PrefectHQ/prefect#12279).
    """

    decision: Literal["approve", "adjust", "reject", "more"] = Field(
        title="Decision",
        # Prefect 3.8.8 toggles its lists twice when the box is clicked: only the arrows open them
        description="Open it by the arrows on the right. Adjust: yes, with the amount below. More: not yet.",
        json_schema_extra={"position": 0},
    )
    amount: str = Field(
        "", title="Amount", description="Only to adjust, such as 12.34", json_schema_extra={"position": 1}
    )
    approver: str = Field(title="Your id", description="As enrolled", json_schema_extra={"position": 2})
    code: str = Field(
        title="One-time code",
        description="Six digits from your app, or a recovery code",
        json_schema_extra={"position": 3},
    )
    note: str = Field(
        "",
        title="Note",
        description="Needed to reject, to adjust, and to ask for more: what is missing?",
        json_schema_extra={"position": 4},
    )


class BatchApproval(RunInput):
    """A supervisor's answer to several cases of one cause; judged as `Approval` is."""

    decision: Literal["approve", "reject"] = Field(
        title="Decision",
        description="Open it by the arrows on the right. For each case that is not struck out.",
        json_schema_extra={"position": 0},
    )
    strike: str = Field(
        "",
        title="Strike out",
        description="Numbers of cases that are to stay open, with commas",
        json_schema_extra={"position": 1},
    )
    approver: str = Field(title="Your id", description="As enrolled", json_schema_extra={"position": 2})
    code: str = Field(
        title="One-time code",
        description="Six digits from your app, or a recovery code",
        json_schema_extra={"position": 3},
    )
    note: str = Field("", title="Note", description="Needed to reject", json_schema_extra={"position": 4})


def batch(packet: str) -> type[BatchApproval]:
    """The form of one round of a batch, as `approval` is of one question."""
    bound: type[BatchApproval] = create_model(
        "BatchApproval", __base__=BatchApproval, packet=(str, _read(packet))
    )
    return bound.with_initial_data(description=packet)


def approval(packet: str) -> type[Approval]:
    """The form of one question; `packet` is the Markdown shown above it, free of personal data."""
    bound: type[Approval] = create_model("Approval", __base__=Approval, packet=(str, _read(packet)))
    return bound.with_initial_data(description=packet)


def _read(packet: str) -> Any:
    """Resume answers whatever is asked by then: so a form carries what was read, in case it is asked anew."""
    return Field(
        hashlib.sha256(packet.encode()).hexdigest()[:_DIGITS],
        title="What you read",
        description="Leave it as it is: it says which words your answer is about",
        json_schema_extra={"position": 5},
    )
