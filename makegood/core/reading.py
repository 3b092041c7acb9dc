"""From YAML data to a Procedure: each finding names its place and what was expected there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from makegood.core.findings import Finding
from makegood.core.procedure import STEP_KINDS, Procedure, Step

Lines = Mapping[tuple[str, ...], int]


def read_procedure(data: Any, file: str, lines: Lines) -> tuple[Procedure | None, list[Finding]]:
    """`data` as the YAML reader gives it; `lines` maps a path in it to a line number."""
    if not isinstance(data, dict):
        return None, [Finding(file, 1, "a procedure is a mapping", "begin with `procedure: name`")]
    findings: list[Finding] = []
    raw = data.get("steps")
    steps: dict[str, Step] = {}
    for name, body in raw.items() if isinstance(raw, dict) else ():
        step, found = _step(str(name), body, file, lines)
        findings += found
        if step is not None:
            steps[str(name)] = step
    try:
        procedure = Procedure.model_validate({**data, "steps": steps if isinstance(raw, dict) else raw})
    except ValidationError as error:
        return None, findings + _findings(error, (), file, lines)
    return (None if findings else procedure), findings


def _step(name: str, body: Any, file: str, lines: Lines) -> tuple[Step | None, list[Finding]]:
    place = ("steps", name)
    kinds = [kind for kind in STEP_KINDS if isinstance(body, dict) and kind in body]
    if len(kinds) != 1:
        said = f"has {' and '.join(kinds)}" if kinds else "says nothing that is done"
        mend = f"a step has exactly one of {', '.join(STEP_KINDS)}"
        return None, [Finding(file, line_of(lines, place), f"step {name!r} {said}", mend)]
    try:
        return STEP_KINDS[kinds[0]].model_validate(body), []
    except ValidationError as error:
        return None, _findings(error, place, file, lines)


def _findings(error: ValidationError, place: tuple[str, ...], file: str, lines: Lines) -> list[Finding]:
    found = []
    for each in error.errors():
        path = (*place, *(str(part) for part in each["loc"]))
        said = each["msg"].removeprefix("Value error, ")
        problem = f"{'.'.join(path)}: {said[0].lower()}{said[1:]}"
        mend = "docs/language.md shows what may stand here"
        if each["type"] == "extra_forbidden":
            problem, mend = f"{'.'.join(path)}: unknown key", "remove it, or check its spelling"
        elif each["type"] == "missing":
            problem, mend = f"{'.'.join(path[:-1]) or 'the file'}: {path[-1]!r} is missing", "add it"
        found.append(Finding(file, line_of(lines, path), problem, mend))
    return found


def line_of(lines: Lines, path: tuple[str, ...]) -> int:
    """The line of the path, or of the nearest thing around it; 1 for what concerns the whole file."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 1 if lines else 0
