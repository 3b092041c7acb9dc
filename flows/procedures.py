"""The flows that drive cases: one for each procedure that comes with makegood, one for any other.

The server checks parameters that people enter; to check them again, the engine would build a model a run.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.legs import run_leg


@flow(name="refund", persist_result=False, log_prints=False, validate_parameters=False)
def refund(case: str) -> State[Any]:
    """A refund: from the customer's message to the money back, or to an honest no."""
    return run_leg(case)


@flow(name="cancel", persist_result=False, log_prints=False, validate_parameters=False)
def cancel(case: str) -> State[Any]:
    """A cancellation: stop the order, or turn to what can still be done."""
    return run_leg(case)


@flow(name="procedure", persist_result=False, log_prints=False, validate_parameters=False)
def procedure(case: str) -> State[Any]:
    """Any further file in `procedures/`, also from a folder of your own: no Python needed."""
    return run_leg(case)
