"""What a check found: where, what is wrong and how to mend it. Checks collect findings, then speak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from makegood.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` counts from 1; 0 where a whole file or folder is meant."""

    file: str
    line: int
    problem: str
    mend: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.problem}" + (f". {self.mend}" if self.mend else "")


class Unsound(BadInput):
    """Files that cannot be used; `findings` lists every reason."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(f"{first.file}:{first.line}", first.problem, mend=first.mend)
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)
