"""The automations of deployments/automations.yaml, and the blocks that they use, brought to the server."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import BlockDocumentCreate, BlockDocumentUpdate
from prefect.events.schemas.automations import Automation, AutomationCore
from prefect.exceptions import ObjectNotFound
from ruamel.yaml import YAML

from makegood.settings import MasterKeyMissing, Settings

FILE = Path(__file__).parents[1] / "deployments" / "automations.yaml"
OURS = "makegood"
"""The tag of what is applied from the file; what has it and is in the file no more is removed."""

_VARIABLE = re.compile(r"\$\{(\w+)\}")
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """`type/name`, and its values with the variables filled in."""

    type: str
    name: str
    values: Mapping[str, Any]


def apply(client: SyncPrefectClient, settings: Settings, path: Path = FILE) -> list[str]:
    """Names of what was new, changed or removed. Somebody's switching one off in the UI stays."""
    content = YAML(typ="safe").load(path)
    known = {**os.environ, **_own(settings)}
    blocks = {entry["block"]: block for entry in content["blocks"] if (block := _block(entry, known))}
    wanted = [each for each in content["automations"] if _blocks_of(each) <= blocks.keys()]
    used = {name for each in wanted for name in _blocks_of(each)}
    ids = {name: _put_block(client, blocks[name]) for name in sorted(used)}
    there: dict[str, list[Automation]] = {}
    for automation in client.read_automations(limit=200):
        there.setdefault(automation.name, []).append(automation)
    changed = [each["name"] for each in wanted if _put(client, _core(each, ids), there.get(each["name"], []))]
    return changed + list(_remove(client, {each["name"] for each in wanted}, there))


def _own(settings: Settings) -> dict[str, str]:
    """The door that makegood itself has for them; none on a machine that has no master key."""
    try:
        token = settings.waiting_bytes().decode()
    except MasterKeyMissing:
        return {}
    return {"WAITING_URL": f"{settings.web_url.rstrip('/')}/waiting", "WAITING_TOKEN": token}


def _block(entry: Entry, known: Mapping[str, str]) -> Block | None:
    """None where a variable that it names is not set."""
    kind, _, name = entry["block"].partition("/")
    if any(not known.get(variable) for variable in _VARIABLE.findall(json.dumps(entry["values"]))):
        return None
    return Block(kind, name, _filled(entry["values"], known))


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    match value:
        case str():
            return _VARIABLE.sub(lambda found: known[found[1]], value)
        case dict():
            return {key: _filled(inner, known) for key, inner in value.items()}
        case list():
            return [_filled(inner, known) for inner in value]
        case _:
            return value


def _blocks_of(entry: Entry) -> set[str]:
    return {action["block"] for action in entry["actions"] if "block" in action}


def _put_block(client: SyncPrefectClient, block: Block) -> UUID:
    try:
        known = client.read_block_document_by_name(block.name, block.type, include_secrets=True)
    except ObjectNotFound:
        kind = client.read_block_type_by_slug(block.type)
        schema = client.get_most_recent_block_schema_for_block_type(kind.id)
        assert schema is not None, "a type that the server registered has a schema"
        made = BlockDocumentCreate(
            name=block.name, data=dict(block.values), block_type_id=kind.id, block_schema_id=schema.id
        )
        return client.create_block_document(made).id
    if any(known.data.get(name) != value for name, value in block.values.items()):
        new = BlockDocumentUpdate(data=dict(block.values), merge_existing_data=True)
        client.update_block_document(known.id, new)
    return known.id


def _core(entry: Entry, ids: Mapping[str, UUID]) -> AutomationCore:
    """`digest` is a tag, by which an unchanged one is told."""
    actions = [
        {key: value for key, value in action.items() if key != "block"}
        | ({"block_document_id": str(ids[action["block"]])} if "block" in action else {})
        for action in entry["actions"]
    ]
    body = {**entry, "actions": actions}
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]
    return AutomationCore.model_validate({**body, "tags": [OURS, f"version:{digest}"]})


def _put(client: SyncPrefectClient, wanted: AutomationCore, there: list[Automation]) -> bool:
    """One of each name: two workers that came at once may both have made it."""
    for twin in there[1:]:
        client.delete_automation(twin.id)
    if not there:
        client.create_automation(wanted)
        return True
    if set(wanted.tags) <= set(there[0].tags):
        return False
    client.update_automation(there[0].id, wanted.model_copy(update={"enabled": there[0].enabled}))
    return True


def _remove(
    client: SyncPrefectClient, wanted: set[str], there: Mapping[str, list[Automation]]
) -> Iterator[str]:
    for name, each in there.items():
        for automation in each:
            if name not in wanted and OURS in automation.tags:
                client.delete_automation(automation.id)
                yield f"{name} (removed)"
