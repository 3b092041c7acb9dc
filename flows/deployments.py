"""The deployments of deployments/prefect.yaml, brought to the server: `python -m flows.deployments`."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import WorkPoolFilter, WorkPoolFilterName
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from ruamel.yaml import YAML

from flows import automations
from makegood.settings import Settings

FILE = Path(__file__).parents[1] / "deployments" / "prefect.yaml"
POOL = "makegood"


@dataclass(frozen=True, slots=True)
class Deployment:
    """One entry of the file. `digest` is its version in Prefect, by which an unchanged one is told."""

    flow: str
    entry: dict[str, Any]
    schema: dict[str, Any]

    @property
    def digest(self) -> str:
        text = json.dumps([self.entry, self.schema], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def name(self) -> str:
        return f"{self.flow}/{self.entry['name']}"


def read(path: Path = FILE) -> Iterator[Deployment]:
    """Loads each entrypoint, so a wrong one is found here and not by the first case."""
    for entry in YAML(typ="safe").load(path)["deployments"]:
        flow: Flow[..., object] = load_flow_from_entrypoint(entry["entrypoint"], use_placeholder_flow=False)
        yield Deployment(flow.name, entry, parameter_schema(flow).model_dump())


def apply(client: SyncPrefectClient, path: Path = FILE) -> list[str]:
    """Names of what was new or changed. Makes the pool, too; deployments that are not in the file stay."""
    _make_pool(client)
    return [deployment.name for deployment in read(path) if _put(client, deployment)]


def are_there(client: SyncPrefectClient, path: Path = FILE) -> bool:
    """Whether the server has the pool and every deployment of the file, in whatever version. One request."""
    try:
        in_pool = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
        found = {each.entrypoint for each in client.read_deployments(work_pool_filter=in_pool, limit=200)}
    except ObjectNotFound:
        return False
    return set(entrypoints(path)) <= found


@lru_cache(maxsize=1)
def entrypoints(path: Path = FILE) -> tuple[str, ...]:
    """What our own worker runs; a deployment that somebody made with another entrypoint is not ours."""
    return tuple(entry["entrypoint"] for entry in YAML(typ="safe").load(path)["deployments"])


def _make_pool(client: SyncPrefectClient) -> None:
    """Without a job template: nothing of ours needs one, and Prefect would validate it for each run.

    A stock process worker adds its own when it first starts.
    """
    try:
        client.read_work_pool(POOL)
    except ObjectNotFound:
        pool = WorkPoolCreate(name=POOL, type="process", description="The legs of makegood's cases.")
        try:
            client.create_work_pool(pool)
        except ObjectAlreadyExists:
            return  # another worker was quicker


def _put(client: SyncPrefectClient, deployment: Deployment) -> bool:
    try:
        if client.read_deployment_by_name(deployment.name).version == deployment.digest:
            return False
    except ObjectNotFound:
        pass
    entry = deployment.entry
    client.create_deployment(  # replaces one of the same name
        flow_id=client.create_flow_from_name(deployment.flow),
        name=entry["name"],
        version=deployment.digest,
        description=entry.get("description"),
        tags=entry.get("tags"),
        entrypoint=entry["entrypoint"],
        work_pool_name=entry["work_pool"]["name"],
        work_queue_name=entry["work_pool"].get("work_queue_name"),
        job_variables=entry["work_pool"].get("job_variables"),
        parameters=entry.get("parameters"),
        parameter_openapi_schema=deployment.schema,
        enforce_parameter_schema=entry.get("enforce_parameter_schema"),
        schedules=[_schedule(schedule) for schedule in entry.get("schedules", [])],
        pull_steps=[],
    )
    return True


def _schedule(entry: dict[str, Any]) -> DeploymentScheduleCreate:
    return DeploymentScheduleCreate(
        schedule=IntervalSchedule(interval=timedelta(seconds=entry["interval"])),
        active=entry.get("active", True),
        slug=entry["slug"],
    )


def main() -> int:
    """Exit code 0 when the server has them all."""
    with get_client(sync_client=True) as client:
        changed = [*apply(client), *automations.apply(client, Settings())]
    sys.stdout.write(f"deployments: {', '.join(changed) if changed else 'nothing changed'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
