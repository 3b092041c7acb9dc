"""Language: the nearest one that is there, and times in the reader's own zone."""

from datetime import UTC, datetime

import pytest

from makegood.core import language

WRITTEN = ("de", "en", "zh")


@pytest.mark.parametrize(
    ("wanted", "market", "chosen"),
    [
        ("de", "en", "de"),
        ("de-AT", "en", "de"),
        ("zh_Hans_CN", "en", "zh"),
        ("ZH-tw", "en", "zh"),
        ("ja-JP", "de-DE", "de"),
        ("ja-JP", "ja", "en"),
        ("", "", "en"),
    ],
)
def test_the_nearest_language_is_chosen(wanted, market, chosen):
    assert language.choose(wanted, WRITTEN, market) == chosen


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("pt-BR", "pt-BR"),
        ("pt_br", "pt-BR"),
        ("pt-PT", "pt-BR"),  # the same language as another region writes it, before English
        ("pt", "pt-BR"),
        ("fr-CA", "fr"),
        ("es-MX", "es"),
        ("es-419", "es"),
        ("ja-JP", "ja"),
        ("zh-TW", "zh"),
        ("zh-Hant-HK", "zh"),
        ("ko-KR", "en"),
        ("tr-TR", "en"),
    ],
)
def test_each_region_reads_the_seven_languages_nearest_to_it(wanted, chosen):
    assert language.choose(wanted, ("de", "en", "es", "fr", "ja", "pt-BR", "zh")) == chosen


def test_a_language_from_another_region_comes_before_the_markets_own():
    assert language.choose("pt-PT", ("de", "en", "pt-BR"), "de-DE") == "pt-BR"
    assert language.choose("ko-KR", ("en", "pt-BR"), "pt-PT") == "pt-BR"


@pytest.mark.parametrize(
    ("wanted", "chosen", "manner"),
    [("de-AT", "de", "de_AT"), ("de-XX", "de", "de"), ("ko-KR", "en", "en"), ("pt-PT", "pt-BR", "pt_PT")],
)
def test_dates_and_money_stand_in_the_readers_manner_where_it_is_known(wanted, chosen, manner):
    assert language.manner(wanted, chosen) == manner


def test_the_exact_locale_comes_before_its_language():
    assert language.choose("pt-BR", ["pt", "pt-BR", "en"]) == "pt-BR"
    assert language.choose("pt-PT", ["pt", "pt-BR", "en"]) == "pt"


def test_a_folder_without_english_is_refused():
    with pytest.raises(LookupError, match="en is missing"):
        language.choose("ja", ["de"])


def test_times_are_said_in_the_readers_zone_and_manner():
    at = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert language.say_time(at, "Europe/Berlin", "de-AT") == "Dienstag, 24. November 2026, 00:30 (MEZ)"
    assert language.say_time(at, "Asia/Shanghai", "zh") == "2026年11月24日星期二 07:30 (中国标准时间)"
    assert language.say_time(at, "America/New_York", "en-US") == "Monday, November 23, 2026, 18:30 (EST)"


def test_an_unknown_locale_is_said_in_english():
    assert language.say_day(datetime(2026, 11, 23, tzinfo=UTC).date(), "xx-YY") == "Monday, November 23, 2026"
