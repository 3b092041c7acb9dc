"""Texts of the customer's page: every language has the same ones, with the same blanks to fill."""

import re

import pytest

from makegood.library.letterbox import LANGUAGES
from makegood.web import texts

WRITTEN = sorted(texts.languages())


def test_the_page_speaks_the_languages_that_the_letters_do():
    assert tuple(WRITTEN) == LANGUAGES


@pytest.mark.parametrize("locale", WRITTEN)
def test_every_language_has_the_same_texts_with_the_same_blanks(locale):
    english, other = texts.of("en").said, texts.of(locale).said
    assert other.keys() == english.keys()
    for name, said in other.items():
        assert said.strip(), name
        assert blanks(said) == blanks(english[name]), name


@pytest.mark.parametrize(
    ("wanted", "page"), [("fr-CA", "fr"), ("es-MX", "es"), ("pt-PT", "pt-BR"), ("zh-TW", "zh"), ("ko", "en")]
)
def test_a_reader_gets_the_nearest_language(wanted, page):
    assert texts.of(wanted).locale == page


def test_a_browser_that_wishes_for_korean_then_portuguese_gets_portuguese():
    assert texts.accepted("ko;q=0.9, pt-PT;q=0.8, en;q=0.5").locale == "pt-BR"


def test_french_keeps_its_marks_on_the_line():
    for name, said in texts.of("fr").said.items():
        assert not re.search(r" [:;?!»%]|« ", said), name


def blanks(said: str) -> list[str]:
    return sorted(re.findall(r"\{[a-z]+\}", said))
