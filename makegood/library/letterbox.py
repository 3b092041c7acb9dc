"""The folder of letters: read, then checked for missing languages and variables that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import TemplateSyntaxError, meta

from makegood.core.claims import Why
from makegood.core.findings import Finding, Unsound
from makegood.core.language import LAST_RESORT
from makegood.library.documents import Document, load_yaml, parse_yaml
from makegood.library.letters import ENGINE, FRAME_VARIABLES, FRAMED, VARIABLES, Head, Messages, Text
from makegood.library.reading import read

LANGUAGES = ("de", "en", "es", "fr", "ja", "pt-BR", "zh")
"""Every message of ours is written in these; one from a folder outside needs English only."""

FRAME, REASONS = "_frame", "_reasons"


@dataclass
class Letterbox:
    """Collects texts from one or more folders, and every finding on the way."""

    texts: dict[str, dict[str, Text]] = field(default_factory=dict)
    frames: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, Document] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def take(self, folder: Path, name: str, languages: Iterable[str]) -> None:
        """Reads one `messages` folder; `name` is what findings call it."""
        for path in sorted(each for each in folder.iterdir() if each.is_dir()):
            if path.name == FRAME:
                self._frames(path, f"{name}/{FRAME}")
            elif path.name == REASONS:
                self._reasons(path, f"{name}/{REASONS}")
            elif path.name in self.texts:
                mend = "give it another name: a message of ours is never replaced from outside"
                self.findings.append(Finding(f"{name}/{path.name}", 0, "this message is there already", mend))
            else:
                self._message(path, f"{name}/{path.name}", languages)

    def close(self) -> Messages:
        """What can only be seen when all is read."""
        wanted = {why.value for why in Why} | {key for said in self.reasons.values() for key in said}
        for locale, document in sorted(self.files.items()):
            for key in sorted(wanted - self.reasons[locale].keys()):
                self.findings.append(document.find((), f"the reason `{key}` is missing", "add its sentence"))
        for locale in sorted({each for texts in self.texts.values() for each in texts}):
            for kind, known in ((FRAME, self.frames), (REASONS, self.reasons)):
                if locale not in known:
                    problem = f"letters are written in {locale}, and {kind} has no file for it"
                    self.findings.append(Finding(f"messages/{kind}", 0, problem, f"add {locale}"))
        return Messages(self.texts, self.frames, self.reasons)

    def _frames(self, folder: Path, name: str) -> None:
        for path in sorted(folder.glob("*.md")):
            file = f"{name}/{path.name}"
            body = path.read_text(encoding="utf-8")
            _, findings = variables_of(body, file, 0, FRAME_VARIABLES | FRAMED)
            self.findings += findings
            self.frames[path.stem] = body

    def _reasons(self, folder: Path, name: str) -> None:
        for path in sorted(folder.glob("*.yaml")):
            try:
                data, lines = load_yaml(path, f"{name}/{path.name}")
            except Unsound as error:
                self.findings += error.findings
                continue
            document = Document(f"{name}/{path.name}", data, lines)
            if not isinstance(data, dict):
                self.findings.append(document.find((), "a list of `reason: sentence` is expected"))
                continue
            for key, sentence in data.items():
                if not isinstance(sentence, str) or not sentence.strip():
                    self.findings.append(document.find((str(key),), f"`{key}` needs a sentence"))
            self.reasons[path.stem] = {str(key): str(sentence) for key, sentence in data.items()}
            self.files[path.stem] = document

    def _message(self, folder: Path, name: str, languages: Iterable[str]) -> None:
        found: dict[str, Text] = {}
        paths = sorted(folder.glob("*.md"))
        for path in paths:
            text, findings = read_text(path, f"{name}/{path.name}")
            self.findings += findings
            if text is not None:
                found[path.stem] = text
        for missing in sorted({*languages, LAST_RESORT} - {path.stem for path in paths}):
            mend = f"add {name}/{missing}.md"
            self.findings.append(Finding(name, 0, f"this message is not written in {missing}", mend))
        self.findings += _differences(found)
        self.texts[folder.name] = found


def read_text(path: Path, file: str) -> tuple[Text | None, list[Finding]]:
    """One letter's file: a YAML head between two lines of dashes, then the body."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        return None, [Finding(file, 0, "not UTF-8 text", "save the file as UTF-8")]
    if lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        mend = "begin with `---`, subject, kind and automatic, `---`"
        return None, [Finding(file, 1, "the head is missing", mend)]
    end = 1 + [line.strip() for line in lines[1:]].index("---")
    body = "\n".join(lines[end + 1 :]).strip("\n")
    try:
        head, findings = read(Head, parse_yaml("\n".join(lines[1:end]), file, first_line=2))
    except Unsound as error:
        return None, list(error.findings)
    if head is None:
        return None, findings
    in_subject, wrong_subject = variables_of(head.subject, file, 1, frozenset(VARIABLES))
    in_body, wrong_body = variables_of(body, file, end + 1, frozenset(VARIABLES))
    if not body.strip():
        findings.append(Finding(file, end + 2, "the letter is empty", "write its text"))
    return Text(file, head, body, in_subject | in_body), findings + wrong_subject + wrong_body


def variables_of(
    template: str, file: str, lines_before: int, known: frozenset[str]
) -> tuple[frozenset[str], list[Finding]]:
    """The names that a template needs; those that are not known are findings."""
    try:
        used = frozenset(meta.find_undeclared_variables(ENGINE.parse(template)))
    except TemplateSyntaxError as error:
        return frozenset(), [Finding(file, error.lineno + lines_before, f"template: {error.message}")]
    lines = template.split("\n")
    findings = []
    for name in sorted(used - known):
        at = next((number for number, line in enumerate(lines, 1) if name in line), 1)
        mend = f"known are {', '.join(sorted(known))}"
        findings.append(Finding(file, at + lines_before, f"unknown variable {name!r}", mend))
    return used, findings


def _differences(texts: Mapping[str, Text]) -> list[Finding]:
    """All languages of a message say the same: same variables, same kind, same automatic."""
    model = texts.get(LAST_RESORT)
    if model is None:
        return []
    findings = []
    for locale, text in sorted(texts.items()):
        if text.variables != model.variables:
            differing = ", ".join(sorted(text.variables ^ model.variables))
            problem = f"{locale} and {LAST_RESORT} differ in the variables {differing}"
            findings.append(Finding(text.file, 1, problem, "use the same ones in every language"))
        if (text.head.kind, text.head.automatic) != (model.head.kind, model.head.automatic):
            problem = f"{locale} and {LAST_RESORT} differ in kind or automatic"
            findings.append(Finding(text.file, 2, problem, "make them the same in every language"))
    return findings
