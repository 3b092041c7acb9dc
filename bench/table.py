"""The rows of a run, the table that people read, and the answer that programs read."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass
class Answer:
    """Ratios to the peers in one run; `None` was not measured. More is better, save growth and the sweep."""

    legs_start_vs_serve: float | None = None
    legs_close_vs_serve: float | None = None
    legs_tasks_vs_serve: float | None = None
    legs_latency_vs_serve: float | None = None
    legs_latency_vs_servefast: float | None = None
    legs_cpu_vs_serve: float | None = None
    bulk_vs_restate: float | None = None
    bulk_vs_dbos: float | None = None
    bulk_vs_bare: float | None = None
    growth_100k: float | None = None
    sweep_idle_ms: float | None = None
    sweep_10k_s: float | None = None


@dataclass
class Rows:
    """As measured; nothing is left out or corrected."""

    say: Callable[[str], None]
    kept: list[Row] = field(default_factory=list)

    def add(self, part: str, name: str, row: Row | None) -> None:
        if row is None:
            self.say(f"{part}: {name} is not set up, or did not run: left out")
            return
        self.kept.append({"part": part, "name": name, **row})
        self.say(f"{part}: {name}: {row}")

    def median(self, name: str, of: Callable[[Row], float]) -> float | None:
        found = [of(row) for row in self.kept if row["name"] == name]
        return statistics.median(found) if found else None

    def only(self, name: str) -> Callable[[str], float | None]:
        def of(column: str) -> float | None:
            found = [row[column] for row in self.kept if row["name"] == name and row.get(column) is not None]
            return statistics.median(found) if found else None

        return of

    def markdown(self) -> str:
        lines = [
            "| part | engine | cases | closed | seconds | CPU s | CPU s of PostgreSQL |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in self.kept:
            cells = (row["part"], row["name"], row.get("cases", row.get("n", row.get("store", ""))))
            seconds = row.get("seconds") or row.get("ms_per_case") or _of_legs(row)
            cpu = row.get("cpu", row.get("cpu_per_case", row.get("cpu_ms_per_case", "")))
            database = row.get("database_cpu", row.get("pg_cpu_per_case", ""))
            shown = (*cells, row.get("closed", ""), seconds, cpu, database)
            lines.append("| " + " | ".join(str(cell) for cell in shown) + " |")
        return "\n".join(lines)


def _of_legs(row: Row) -> str:
    if "start_per_s" not in row:
        return f"p50 {row.get('lat_p50_ms', '')} ms"
    return f"{row['start_per_s']}/s started, {row['close_per_s']}/s closed, p50 {row.get('lat_p50_ms')} ms"


def ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else round(one / other, 2)
