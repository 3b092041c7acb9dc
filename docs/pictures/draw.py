"""Draws one-case.svg: `python docs/pictures/draw.py`. The story is that of docs/one-refund.md."""

from __future__ import annotations

from html import escape
from pathlib import Path

LEFT, COLUMN, GAP = 142, 208, 12
WIDTH = LEFT + 4 * (COLUMN + GAP) + 8
HEIGHT = 584

WHEN = ("Monday 10:00", "an hour later", "Friday 11:00", "two hours later")
COMES_IN = (
    ("The customer writes", "“I do not like it.”"),
    ("A supervisor answers", "in the Prefect UI, with a", "one-time code"),
    ("The carrier reports", "a signed webhook:", "parcel.received"),
    ("The warehouse answers", "its task: condition = used"),
)
JOURNAL = (
    (
        "1–12",
        "the law says yes: withdrawal",
        "the table says: send it back",
        "204.90 EUR is above the",
        "limit: asks for an approval",
    ),
    (
        "13–20",
        "the answer counts",
        "approved up to 204.90 EUR",
        "a label is made",
        "waits for the parcel, 21 days",
    ),
    ("21–23", "it is the awaited parcel", "asks the warehouse to", "inspect it, 3 working days", ""),
    ("24–35", "20 % off the goods,", "none off the freight", "pays, says so, closes", "outcome: resolved"),
)
GOES_OUT = (
    (("letter", "acknowledgement"),),
    (("label", "for the way back"), ("letter", "return-instructions")),
    (),
    (("refund", "164.90 EUR"), ("letter", "refund-confirmed")),
)

STYLE = """
text { font: 13px system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif; fill: #1f2937; }
.row { font-weight: 600; }
.small { font-size: 12px; }
.faint { fill: #5b6472; }
.head { font-weight: 600; }
.page { fill: #ffffff; }
.box { fill: #f3f5f8; stroke: #c3cad5; }
.record { fill: #e9f0fb; stroke: #8fb0de; }
.effect { fill: #fdf3e0; stroke: #d9b36c; }
.run { fill: #cfe8d5; stroke: #5f9e70; }
.line { stroke: #7a8494; fill: none; stroke-width: 1.4; }
.dash { stroke-dasharray: 5 4; }
.tip { fill: #7a8494; }
@media (prefers-color-scheme: dark) {
  text { fill: #e5e9f0; }
  .faint { fill: #a7b0bf; }
  .page { fill: #14181f; }
  .box { fill: #222833; stroke: #4a5464; }
  .record { fill: #1d2b42; stroke: #4a6fa5; }
  .effect { fill: #3a2f17; stroke: #9b7c3c; }
  .run { fill: #1f3d2a; stroke: #4d8a60; }
  .line { stroke: #8a94a5; }
  .tip { fill: #8a94a5; }
}
"""

parts: list[str] = []


def left(column: int) -> int:
    return LEFT + column * (COLUMN + GAP)


def text(x: float, y: float, said: str, kind: str = "", anchor: str = "start") -> None:
    parts.append(f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(said)}</text>')


def box(x: float, y: float, width: float, height: float, kind: str, radius: int = 6) -> None:
    size = f'width="{width}" height="{height}" rx="{radius}"'
    parts.append(f'<rect x="{x}" y="{y}" {size} class="{kind}"/>')


def arrow(x: float, y: float, to: float) -> None:
    """Downwards."""
    parts.append(f'<path d="M{x} {y}V{to - 6}" class="line"/>')
    parts.append(f'<path d="M{x - 5} {to - 8}h10l-5 8z" class="tip"/>')


def row(y: float, *lines: str) -> None:
    for at, said in enumerate(lines):
        text(12, y + 17 * at, said, "row" if at == 0 else "small faint")


def incoming() -> None:
    row(74, "Comes in", "kept in the inbox", "by time of receipt")
    for column, (head, *lines) in enumerate(COMES_IN):
        x = left(column)
        box(x, 52, COLUMN, 76, "box")
        text(x + 12, 74, head, "head")
        for at, said in enumerate(lines):
            text(x + 12, 93 + 17 * at, said, "small")
        arrow(x + COLUMN / 2, 128, 158)


def journal() -> None:
    row(182, "The journal", "events, chained,", "each written once")
    for column, (numbers, *lines) in enumerate(JOURNAL):
        x = left(column)
        box(x, 158, COLUMN, 112, "record")
        text(x + 12, 181, f"events {numbers}", "head")
        for at, said in enumerate(lines):
            text(x + 12, 202 + 18 * at, said, "small")
        if column < 3:
            parts.append(f'<path d="M{x + COLUMN} 214h{GAP}" class="line"/>')


def outgoing() -> None:
    row(322, "Goes out", "written down first,", "one key each")
    for column, effects in enumerate(GOES_OUT):
        x = left(column)
        if effects:
            arrow(x + COLUMN / 2, 270, 300)
        for at, (kind, what) in enumerate(effects):
            box(x, 300 + 40 * at, COLUMN, 33, "effect")
            text(x + 12, 321 + 40 * at, kind, "head")
            text(x + 70, 321 + 40 * at, what, "small")


def run(start: float, end: float, said: str) -> None:
    box(start, 424, end - start, 34, "run", 4)
    text((start + end) / 2, 445, said, "small", "middle")


def rest(start: float, end: float, *said: str) -> None:
    parts.append(f'<path d="M{start} 441H{end}" class="line dash"/>')
    for at, line in enumerate(said):
        text((start + end) / 2, 477 + 16 * at, line, "small faint", "middle")


def legs() -> None:
    row(438, "Legs", "flow runs in Prefect")
    one, two, three, four = (left(column) for column in range(4))
    run(one, one + 118, "run 1")
    rest(one + 118, two, "run 1 is Suspended:", "a supervisor's turn")
    run(two, two + 118, "run 1 goes on")
    rest(two + 118, three, "parked: no run,", "only timers")
    run(three, three + 96, "run 2")
    rest(three + 96, four, "parked on a", "person's task")
    run(four, four + 96, "run 3")
    text(four + 108, 445, "closed", "head")


def captions() -> None:
    for column, said in enumerate(WHEN):
        text(left(column), 36, said, "small faint")
    parts.append(f'<path d="M12 522H{WIDTH - 12}" class="line" opacity="0.4"/>')
    text(12, 546, "A leg that dies leaves the journal as it was; the next one goes on from there.", "small")
    text(12, 566, "What comes in is kept first, and a leg is asked for in the same transaction.", "small")


def draw() -> str:
    for part in (incoming, journal, outgoing, legs, captions):
        part()
    title = "One refund: what comes in, what is journalled, what goes out, and when a flow run is alive"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" class="page"/>',
            *parts,
            "</svg>\n",
        )
    )


if __name__ == "__main__":
    Path(__file__).with_name("one-case.svg").write_text(draw(), encoding="utf-8")
