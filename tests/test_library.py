"""The library: all of sop_definitions is read and checked; each finding says where and how to mend it."""

import re
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from makegood import library
from makegood.core.claims import Why
from makegood.core.errors import UnknownName
from makegood.core.guard import Kind
from makegood.core.money import Money
from makegood.library import MissingVariable, Moment, Unsound
from makegood.library.letterbox import LANGUAGES

SHIPPED = Path(__file__).parents[1] / "sop_definitions"
SAID = {
    "customer_name": "Anna Schmidt",
    "case_number": "MG-2026-000123",
    "order_ref": "1001",
    "amount": Money(minor=123456, currency="EUR"),
    "progress_link": "https://desk.example/p/abc",
    "payment_url": "https://pay.example/abc",
    "promised_by": Moment(datetime(2026, 11, 23, 10, tzinfo=UTC), "Europe/Berlin"),
    "why": "window-closed",
    "tracking": "PX1",
    "seller_name": "Northwind",
}


@pytest.fixture(scope="module")
def shipped():
    return library.open_library(SHIPPED)


@pytest.fixture
def copy(tmp_path):
    """What is shipped, without the procedures and with two of the letters: quicker to read."""
    root = tmp_path / "sop_definitions"
    shutil.copytree(SHIPPED, root, ignore=shutil.ignore_patterns("procedures", "remedies", "messages"))
    for folder in ("survey", "keep-offer", "_frame", "_reasons"):
        shutil.copytree(SHIPPED / "messages" / folder, root / "messages" / folder)
    return root


def edit(path: Path, old: str, new: str) -> int:
    """Replaces the first `old`; its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def findings(root: Path, extra: Path | None = None) -> list[str]:
    found = library.load(root, extra)
    assert found[0] is None
    return [str(finding) for finding in found[1]]


def test_what_is_shipped_has_no_finding():
    assert library.load(SHIPPED)[1] == []


def test_every_figure_names_its_source_and_the_day_it_was_read(shipped):
    for statute in shipped.policies.statutes.values():
        for part in (statute.withdrawal, statute.conformity, statute.non_delivery, statute.complaint):
            for name, given in part or ():
                for figure in given if isinstance(given, tuple) else ():
                    assert figure.source, (statute.market, name)
                    assert figure.checked <= date(2027, 1, 1)


def test_every_market_has_its_own_calendar_and_others_the_default(shipped):
    assert all(shipped.calendar(market).name == market for market in shipped.markets)
    assert shipped.calendar("PL").name == "default"
    assert shipped.calendar("warehouse-lead").name == "warehouse"
    with pytest.raises(UnknownName, match="warehouse"):
        shipped.calendar("warehose")


def test_business_hours_of_a_role_are_those_of_its_calendar(shipped):
    friday = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # 17:00 in Hamburg, closing time
    assert shipped.calendars.add(friday, "8bh", "supervisor") == datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


# letters


def test_every_letter_can_be_written_in_every_language(shipped):
    for message in shipped.messages.names():
        for locale in LANGUAGES:
            needed = {name: SAID[name] for name in shipped.messages.variables(message)}
            letter = shipped.render(message, locale, needed)
            assert letter.locale == locale
            assert "{" not in letter.body + letter.subject
            assert not re.search(r"\n\n\n", letter.body), (message, locale)


def test_letters_hold_with_nothing_but_the_necessary(shipped):
    bare = {**SAID, "customer_name": "", "order_ref": "", "why": "", "tracking": "", "amount": ""}
    for message in shipped.messages.names():
        for locale in LANGUAGES:
            assert not re.search(r" {2}|\n{3}", shipped.render(message, locale, bare).body.replace("  ", " "))


def test_a_letter_is_in_the_readers_language_and_manner(shipped):
    german = shipped.render("refund-confirmed", "de-DE", SAID)
    assert german.subject == "Wir haben Ihnen 1.234,56\N{NO-BREAK SPACE}€ erstattet"
    assert german.body.startswith("Guten Tag Anna Schmidt,\n\nwir haben")
    assert "23. November 2026, 11:00 (MEZ)" in shipped.render("acknowledgement", "de", SAID).body
    assert "您好" in shipped.render("acknowledgement", "zh-Hans-CN", SAID).body


@pytest.mark.parametrize(
    ("locale", "written", "greeting", "amount", "due"),
    [
        ("fr-CA", "fr", "Bonjour Anna Schmidt,\n\n", "1 234,56 €", "lundi 23 novembre 2026"),
        ("es-MX", "es", "Hola, Anna Schmidt:\n\n", "EUR1,234.56", "lunes, 23 de noviembre de 2026"),
        ("es-ES", "es", "Hola, Anna Schmidt:\n\n", "1.234,56 €", "lunes, 23 de noviembre de 2026"),
        ("ja-JP", "ja", "Anna Schmidt 様\n\n", "€1,234.56 を返金", "2026年11月23日月曜日 11:00"),
        ("pt-BR", "pt-BR", "Olá, Anna Schmidt!\n\n", "€ 1.234,56", "segunda-feira, 23 de novembro"),
        ("pt-PT", "pt-BR", "Olá, Anna Schmidt!\n\n", "1 234,56 €", "segunda-feira, 23 de novembro"),
        ("zh-TW", "zh", "Anna Schmidt，您好！\n\n", "€1,234.56", "2026年11月23日"),
        ("de-XX", "de", "Guten Tag Anna Schmidt,\n\n", "1.234,56 €", "Montag, 23. November 2026"),
    ],
)
def test_each_region_is_greeted_and_told_amounts_and_times_its_own_way(
    shipped, locale, written, greeting, amount, due
):
    paid = shipped.render("refund-confirmed", locale, SAID)
    assert paid.locale == written
    assert paid.body.startswith(greeting)
    assert amount in re.sub(r"[\u00a0\u202f]", " ", paid.subject)
    assert due in shipped.render("acknowledgement", locale, SAID).body


@pytest.mark.parametrize("folder", ["survey", "keep-offer"])
@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_message_that_lacks_one_of_our_languages_is_refused(copy, folder, locale):
    (copy / f"messages/{folder}/{locale}.md").unlink()
    wanted = f"sop_definitions/messages/{folder}: this message is not written in {locale}"
    assert any(finding.startswith(wanted) for finding in findings(copy)), findings(copy)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_language_without_its_frame_or_its_reasons_is_refused(copy, locale):
    (copy / f"messages/_frame/{locale}.md").unlink()
    (copy / f"messages/_reasons/{locale}.yaml").unlink()
    found = " ".join(findings(copy))
    assert f"letters are written in {locale}, and _frame has no file for it" in found
    assert f"letters are written in {locale}, and _reasons has no file for it" in found


def test_french_keeps_its_marks_on_the_line(shipped):
    """A colon or question mark at the beginning of a line is what a French reader sees first."""
    for message in shipped.messages.names():
        needed = {name: SAID[name] for name in shipped.messages.variables(message)}
        letter = shipped.render(message, "fr", needed)
        assert not re.search(r" [:;?!»]|« ", letter.subject + letter.body), message


def test_a_language_that_is_not_written_falls_back_whole(shipped):
    letter = shipped.render("refund-declined", "ko-KR", SAID, market_default="ko")
    assert letter.locale == "en"
    assert "The time in which the goods could be sent back had passed" in letter.body
    assert shipped.render("refund-declined", "ko-KR", SAID, market_default="de").locale == "de"


def test_every_word_of_a_verdict_has_its_sentence(shipped):
    for why in Why:
        sentences = {shipped.messages.reason(why, locale) for locale in LANGUAGES}
        assert len(sentences) == len(LANGUAGES)


def test_a_reason_without_a_sentence_is_refused(shipped):
    with pytest.raises(UnknownName, match="window-closed"):
        shipped.render("refund-declined", "en", {**SAID, "why": "bad-mood"})


def test_a_missing_variable_is_an_error_and_never_a_blank(shipped):
    without = {name: value for name, value in SAID.items() if name != "amount"}
    with pytest.raises(MissingVariable, match="refund-confirmed/de: 'amount' is undefined"):
        shipped.render("refund-confirmed", "de", without)


def test_a_cancellation_that_pays_nothing_back_says_so(shipped):
    unpaid = {name: value for name, value in SAID.items() if name != "amount"}
    assert "noch nichts berechnet" in shipped.render("cancel-confirmed", "de", unpaid).body
    assert "had not been charged" in shipped.render("cancel-confirmed", "en", unpaid).body
    assert "1,234.56" in shipped.render("cancel-confirmed", "en", SAID).body


def test_what_customers_call_themselves_is_never_run_and_never_a_header(shipped):
    nasty = {**SAID, "customer_name": "{{ 7*7 }}\r\nBcc: all@example.com", "order_ref": "1\nX: y"}
    letter = shipped.render("refund-confirmed", "en", nasty)
    assert "Hello {{ 7*7 }} Bcc: all@example.com,\n" in letter.body
    assert "49" not in letter.body
    assert "\n" not in shipped.render("keep-offer", "en", nasty).subject


def test_the_survey_is_one_and_the_acknowledgement_does_not_count_as_a_reply(shipped):
    assert shipped.messages.head("survey").kind is Kind.SURVEY
    assert shipped.messages.head("acknowledgement").automatic
    assert "https" not in shipped.render("survey", "en", SAID).body


def test_an_unknown_message_is_refused_with_the_known_ones(shipped):
    with pytest.raises(UnknownName, match="acknowledgement"):
        shipped.render("aknowledgement", "en", SAID)


# findings


DE, HOUSE, LEVELS = "policies/DE.yaml", "policies/house.yaml", "service_levels.yaml"
MISTAKES = [
    # file, what is replaced by what, what is said, how many lines below (None: anywhere in the file)
    (DE, "value: 14d", "value: 14 days", "withdrawal.period.0.value: '14 days' is not a period", 0),
    (DE, "value: 14d", "value: 14d\n    value: 15d", "'value' is given twice", 1),
    (DE, "verified: true", "verified: yes", "valid boolean, not 'yes'", 0),
    (DE, "  return_freight:", "  return_frieght:", "withdrawal.return_frieght is not known here", 0),
    ("policies/AU.yaml", "value: false", "value: true", "needs its period, or `right: false`", -2),
    ("policies/IN.yaml", "value: 48h", "value: 2d", "'2d' is not a number of hours such as 48h", 0),
    ("policies/CL.yaml", "value: 90d", "value: 90 days", "'90 days' is not a period", 0),
    (DE, "market: DE", "market: FR", "the file is named DE, the market FR", 0),
    (HOUSE, "value: 2y", "value: 1y", "fault_period is harsher than the law of DE: 1y", 0),
    (HOUSE, "value: 30d", "value: 40d", "not_delivered_after is harsher than the law of DE", 0),
    ("calendars.yaml", "Europe/Berlin", "Europe/Berlim", "unknown time zone 'Europe/Berlim'", 0),
    ("calendars.yaml", "09:00-18:00", "9-18", "'9-18' is not a span of hours such as 09:00-17:30", 0),
    ("roster.yaml", "{ calendar: office", "{ calendar: ofice", "calendar 'ofice' is not known", 0),
    ("roster.yaml", "escalates_to: ops", "escalates_to: boss", "role 'boss' is not on the roster", 0),
    (LEVELS, "first_reply: 1bh", "first_reply: 1h", "'1h': a promise is kept in business hours", 0),
    (LEVELS, "- { first_reply", "- { market: DE, first_reply", "the last level must fit every case", 0),
    (LEVELS, "{ tier: vip, channel: chat", "{ channel: chat", "a level above fits all of these", 2),
    (LEVELS, '"21:00"', "21", "21 is not a time of day such as 21:00", 0),
    ("authority.yaml", "limit: 20.00 EUR", "limit: 20.00 USD", "house currency EUR", None),
    ("authority.yaml", "limit: 20.00 EUR", 'limit: "20,000.00 EUR"', "is not an amount of EUR", 0),
    ("authority.yaml", "  supervisor:", "  supervizor:", "role 'supervizor' is not on the roster", 0),
    ("messages/survey/de.md", "kind: survey", "kind: poll", "'reply', 'transactional' or 'survey'", 0),
    ("messages/survey/de.md", "kind: survey", "kind: reply", "de and en differ in kind or automatic", -1),
    ("messages/survey/de.md", "---\nsubject", "subject", "the head is missing", 0),
    ("messages/keep-offer/de.md", "{{ amount }}", "{{ betrag }}", "unknown variable 'betrag'", 0),
    (
        "messages/keep-offer/de.md",
        "{{ amount }}",
        "10 Euro",
        "de and en differ in the variables amount",
        None,
    ),
    ("messages/keep-offer/de.md", "{{ amount }}", "{{ amount }", "template: unexpected '}'", 0),
    ("messages/_frame/de.md", "{{ body }}", "{{ bodi }}", "unknown variable 'bodi'", 0),
    ("messages/_reasons/zh.yaml", "window-closed:", "window-shut:", "`window-closed` is missing", None),
]


@pytest.mark.parametrize(("file", "old", "new", "said", "below"), MISTAKES)
def test_a_mistake_is_found_at_its_line_with_its_mend(copy, file, old, new, said, below):
    line = edit(copy / file, old, new)
    found = findings(copy)
    hits = [finding for finding in found if said in finding]
    assert hits, found
    where = rf"^sop_definitions/{file}" + ("" if below is None else f":{line + below}:")
    assert any(re.match(where, hit) for hit in hits), hits


def test_all_findings_are_collected_before_anybody_speaks(copy):
    edit(copy / "policies/DE.yaml", "value: 14d", "value: soon")
    edit(copy / "roster.yaml", "escalates_to: ops", "escalates_to: boss")
    (copy / "messages/survey/zh.md").unlink()
    (copy / "authority.yaml").unlink()
    with pytest.raises(Unsound) as refused:
        library.open_library(copy)
    files = [finding.file for finding in refused.value.findings]
    assert {"sop_definitions/policies/DE.yaml", "sop_definitions/roster.yaml"} < set(files)
    assert {"sop_definitions/messages/survey", "sop_definitions/authority.yaml"} < set(files)
    assert "add sop_definitions/messages/survey/zh.md" in str(refused.value)


def test_a_folder_that_is_not_there_says_so(tmp_path):
    assert "there is no such folder" in findings(tmp_path / "nowhere")[0]
    assert "mend MAKEGOOD_SOPS" in findings(SHIPPED, tmp_path / "nowhere")[0]


# files


def test_yaml_is_read_as_1_2_with_the_line_of_every_value(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("country: NO\nsteps:\n  a:\n    - on\n    - 12:30\n    - 0.20\n  b: { c: 2026-11-21 }\n")
    data, lines = library.load_yaml(path, "x.yaml")
    assert data == {
        "country": "NO",
        "steps": {"a": ["on", "12:30", Decimal("0.20")], "b": {"c": date(2026, 11, 21)}},
    }
    assert lines[("steps", "a", "1")] == 5
    assert lines[("steps", "b", "c")] == 7
    assert library.line_of(lines, ("steps", "b", "c", "deeper")) == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\n\na: 2", "x.yaml:3: 'a' is given twice, first on line 1"),
        ("a: [1\nb: 2", "x.yaml:2: not YAML"),
        ("a:\n\t- b", "x.yaml:2: not YAML"),
        ("a: !!python/object:os.system x", "x.yaml:1: 'x' cannot be read"),
        ("a: &x 1\nb: *x", "an alias"),
        ("a: &x [*x]", "an alias"),
        ("<<: { a: 1 }", "a key must be a plain word"),
        ("a: 2026-13-40", "put it in quotes if it is text"),
        ("[" * 4000, "nested too deeply"),
        ("a: \x00", "not YAML"),
    ],
)
def test_yaml_that_cannot_be_read_says_where(tmp_path, text, said):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(Unsound, match=re.escape(said)):
        library.load_yaml(tmp_path / "x.yaml", "x.yaml")


def test_a_file_in_another_encoding_says_at_which_line(tmp_path):
    (tmp_path / "x.yaml").write_bytes("a: 1\nb: Größe".encode("latin-1"))
    with pytest.raises(Unsound, match=r"x\.yaml:2: not UTF-8 text"):
        library.load_yaml(tmp_path / "x.yaml", "x.yaml")


def test_a_table_keeps_its_line_numbers(tmp_path):
    (tmp_path / "t.csv").write_text('# a note\na,->,b\n\n1,,"two\nlines"\n3,,x\n')
    assert library.load_csv(tmp_path / "t.csv").rows == (
        (2, ("a", "->", "b")),
        (5, ("1", "", "two\nlines")),
        (6, ("3", "", "x")),
    )
    (tmp_path / "t.csv").write_text('a,->,b\n1,,"x" y\n')
    with pytest.raises(Unsound, match=r"t\.csv:2: not CSV"):
        library.load_csv(tmp_path / "t.csv", "t.csv")


def test_a_folder_outside_adds_procedures_tables_and_messages(copy, tmp_path):
    extra = tmp_path / "ours"
    (extra / "procedures").mkdir(parents=True)
    (extra / "remedies").mkdir()
    (extra / "messages/tea-offer").mkdir(parents=True)
    (extra / "tea.yaml").write_text("procedure: tea\n")
    (extra / "procedures/cake.yaml").write_text("procedure: cake\n")
    (extra / "remedies/tea-table.csv").write_text("a,->,b\n")
    head = '---\nsubject: "Tea"\nkind: reply\nautomatic: false\n---\n'
    (extra / "messages/tea-offer/en.md").write_text(head + "Tea for {{ order_ref }}?\n")
    both = library.open_library(copy, extra)
    assert {"tea", "cake"} <= both.procedures.keys()
    assert both.rows["tea-table"] == ((1, ("a", "->", "b")),)
    assert both.render("tea-offer", "de", SAID).body.startswith("Hello Anna Schmidt,\n\nTea for 1001?")


def test_what_is_ours_is_never_replaced_from_outside(copy, tmp_path):
    (copy / "procedures").mkdir(exist_ok=True)
    (copy / "procedures/tea.yaml").write_text("procedure: tea\n")
    extra = tmp_path / "ours"
    shutil.copytree(copy / "messages/survey", extra / "messages/survey")
    (extra / "tea.yaml").write_text("procedure: tea\n")
    found = findings(copy, extra)
    assert any("procedure tea is there already" in finding for finding in found)
    assert any("this message is there already" in finding for finding in found)


def test_a_procedure_is_named_like_its_file(copy):
    (copy / "procedures").mkdir(exist_ok=True)
    (copy / "procedures/tea.yaml").write_text("# a note\nprocedure: coffee\n")
    assert findings(copy) == [
        "sop_definitions/procedures/tea.yaml:2: the file is named tea, the procedure coffee."
        " make them the same"
    ]


def test_a_why_without_a_sentence_is_found_before_it_is_sent(copy):
    (copy / "procedures").mkdir(exist_ok=True)
    (copy / "procedures/tea.yaml").write_text(
        "procedure: tea\nsteps:\n  decline:\n    send: survey\n    with: { why: bad-mood }\n"
        "  later: { send: survey, with: { why: policy.why } }\n"
    )
    assert findings(copy) == [
        "sop_definitions/procedures/tea.yaml:5: no letter can say why: 'bad-mood'."
        " add its sentence to messages/_reasons"
    ]
