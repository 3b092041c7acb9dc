"""What is there is documented, and what is documented is there.

The language's page is held to the code by tests/core/test_language_page.py, the sandbox's routes by
tests/sandbox/test_contract.py.
"""

from __future__ import annotations

import ast
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.main import get_command

import bootstrap
import makegood
from makegood.cli import make_app
from makegood.desk import answering, views
from makegood.settings import Settings
from makegood.store import tasks
from makegood.store.words import Role
from tests.desk.bench import make_bench
from tests.desk.test_refund import dear_order, parcel

ROOT = Path(bootstrap.__file__).parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
OURS = ("makegood", "flows", "tasks", "sop_definitions", "deployments", "tests", "docs")

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows_of(text: str) -> Iterator[list[str]]:
    """The cells of every table's rows."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def settings_on_the_page() -> dict[str, str]:
    """Each setting with its default, as the page has it."""
    found = [cells for cells in rows_of(text_of("docs/settings.md")) if cells[0].startswith("`MAKEGOOD_")]
    return {cells[0].strip("`"): cells[1] for cells in found}


# ---- settings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    page = settings_on_the_page()
    assert f"MAKEGOOD_{name.upper()}" in page, "add it to docs/settings.md"
    default = Settings.model_fields[name].default
    if default is None:
        assert page[f"MAKEGOOD_{name.upper()}"] == "unset"
    elif name != "home":
        assert page[f"MAKEGOOD_{name.upper()}"] == f"`{default}`"


def test_every_variable_that_the_code_names_is_documented_and_no_other() -> None:
    code = [path for room in OURS[:3] for path in (ROOT / room).rglob("*.py")]
    named = {each for path in code for each in re.findall(r"\bMAKEGOOD_[A-Z_]+[A-Z]\b", path.read_text())}
    fields = {f"MAKEGOOD_{name.upper()}" for name in Settings.model_fields}
    assert settings_on_the_page().keys() == named | fields


# ---- commands ---------------------------------------------------------------------------------------


def commands(command: object = None, name: str = "makegood") -> Iterator[tuple[str, list[str]]]:
    """Each command with its options, as it is typed."""
    command = command or get_command(make_app())
    group = getattr(command, "commands", None)
    if group is None or getattr(command, "invoke_without_command", False):
        params = getattr(command, "params", [])
        yield name, [each for param in params for each in (*param.opts, *param.secondary_opts) if "-" in each]
    for word, below in (group or {}).items():
        yield from commands(below, f"{name} {word}")


COMMANDS = dict(commands())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_with_its_options(command: str) -> None:
    sections = re.split(r"^## ", text_of("docs/commands.md"), flags=re.MULTILINE)
    text = next((section for section in sections if section.startswith(f"{command}\n")), None)
    assert text is not None, f"docs/commands.md needs a section `## {command}`"
    said = {option for cells in rows_of(text) for option in re.findall(r"`(--[a-z-]+)`", cells[0])}
    assert said == set(COMMANDS[command])


def test_no_command_is_documented_that_is_not_there() -> None:
    assert set(re.findall(r"^## (makegood .+)$", text_of("docs/commands.md"), re.MULTILINE)) == set(COMMANDS)


def test_every_make_target_is_documented() -> None:
    targets = re.findall(r"^([a-z0-9-]+):.*##", text_of("Makefile"), re.MULTILINE)
    for target in set(targets) - {"help"}:
        assert f"`make {target}`" in text_of("CONTRIBUTING.md")


# ---- rooms ------------------------------------------------------------------------------------------


def rooms() -> list[str]:
    inside = pkgutil.iter_modules(makegood.__path__)
    return [f"`makegood/{each.name}{'/' if each.ispkg else '.py'}`" for each in inside] + [
        f"`{name}/`" for name in ("flows", "tasks", "sop_definitions", "deployments")
    ]


@pytest.mark.parametrize("room", rooms())
def test_every_room_has_its_line_in_contributing(room: str) -> None:
    assert room in [cells[0] for cells in rows_of(text_of("CONTRIBUTING.md"))]


def test_the_import_rule_names_every_layer_in_its_order() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each.get("containers") == ["makegood"])
    wanted = [name.strip("() ") for layer in layers for name in layer.split("|")]
    rule = re.findall(r"^cli -> .*?core$", text_of("CONTRIBUTING.md"), re.MULTILINE | re.DOTALL)[0]
    there = re.findall(r"[a-z_]+", rule)
    told = [name for name in wanted if name in there]
    assert told == there
    assert set(wanted) - set(told) <= {"demo", "service_account"}, "a new room needs its place in the rule"


# ---- links, paths, names ----------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@by_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {link}"


@by_page
def test_every_path_that_is_named_is_there(page: Path) -> None:
    for named in re.findall(r"`([\w./*-]+)`", page.read_text(encoding="utf-8")):
        if "/" in named and named.split("/")[0] in OURS:
            assert list(ROOT.glob(named.rstrip("/"))), f"{page.name} names {named}"


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef))


@by_page
def test_a_function_that_is_named_behind_its_file_is_in_it(page: Path) -> None:
    text = " ".join(page.read_text(encoding="utf-8").split())
    for path, names in re.findall(r"`([\w/]+\.py)`((?:,? (?:then )?`\w+\(\)`)+)", text):
        for name in re.findall(r"`(\w+)\(\)`", names):
            assert name in names_in(path), f"{page.name} names {path} {name}()"


def test_every_page_is_in_the_list_of_pages() -> None:
    text = text_of("docs/README.md")
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in re.findall(r"\]\(([^)\s]+)\)", text)}
    assert {page for page in PAGES if DOCS in page.parents} - {DOCS / "README.md"} <= linked


def test_pages_name_no_place_on_somebodys_machine() -> None:
    for page in PAGES:
        assert not re.search(r"(/home/|/root/|/Users/|/tmp/|/work/)", page.read_text(encoding="utf-8")), page


# ---- stories ----------------------------------------------------------------------------------------


def test_the_refund_on_the_page_is_the_refund_that_is_journalled(store_url: str) -> None:
    bench = make_bench(store_url, dear_order())
    bench.hire("sam")
    bench.hire("wanda", Role.WAREHOUSE)
    number = bench.open(reason="changed_mind", text="I do not like it.")
    bench.drive(number)
    bench.wait(hours=1)
    bench.decide(number, "approve", "sam")
    bench.drive(number)
    bench.wait(days=4)
    parcel(bench, number)
    bench.drive(number)
    bench.wait(hours=2)
    with bench.desk.store.begin() as tx:
        ((task, _),) = tasks.waiting(tx, roles=[Role.WAREHOUSE])
    answering.colleague_answers(bench.desk, task.id, {"condition": "used", "note": "scratches"}, "wanda")
    bench.drive(number)
    lines = views.case_view(bench.desk, number).journal
    bench.desk.store.close()
    written = [(str(line.seq), line.kind, getattr(line.event, "step", "-")) for line in lines]
    told = [tuple(cells[:3]) for cells in rows_of(text_of("docs/one-refund.md")) if cells[0].isdigit()]
    assert told == written, "the procedure has changed: tell the story on docs/one-refund.md as it is now"
    assert lines[-1].at - lines[0].at == timedelta(days=4, hours=3)
    assert f"All {len(lines)} events" in text_of("README.md")
    assert f"–{len(lines)}<" in text_of("docs/pictures/one-case.svg")


def test_the_picture_is_what_its_script_draws() -> None:
    space: dict[str, object] = {"__name__": "draw"}
    exec(compile(text_of("docs/pictures/draw.py"), "draw.py", "exec"), space)
    drawn = space["draw"]()  # type: ignore[operator]
    assert drawn == text_of("docs/pictures/one-case.svg"), "run docs/pictures/draw.py"
    assert "one-case.svg" in text_of("README.md")
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
