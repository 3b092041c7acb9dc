"""The batch flow: cases of one cause in one suspended run, answered together."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Completed

from flows import forms, legs, prefect_patches, seam
from flows.scrubbing import scrubbed


@flow(name="approve-batch", persist_result=False, log_prints=False)
def approve_batch(batch: int) -> State[Any]:
    """Judges what was entered, if anything was, and suspends on what is left to ask."""
    run = legs.this_run()
    with scrubbed(f"batch {batch}"):
        return _approve(seam.desk(), batch, run)


def _approve(desk: seam.Desk, batch: int, run: FlowRun) -> State[Any]:
    answer = prefect_patches.read_answer(run)
    if answer is not None:
        external_id = f"{run.id}:{answer.key}"
        desk.answer_batch(
            batch,
            external_id=external_id,
            question=answer.key,
            fields=answer.fields,
            at=answer.at,
            run=str(run.id),
            resumed=answer.resumed,
        )
        prefect_patches.forget_answer(run.id, answer.key)
    asked = desk.show_batch(batch, str(run.id))
    if isinstance(asked, seam.Question):
        form, key = forms.batch(asked.packet), asked.key
        prefect_patches.suspend(run.id, form, key, artifact=f"batch-{batch}")
    return Completed(message=asked)
