"""What customers write: a sentence of their own each, with their name and street in it."""

from __future__ import annotations

from tests.acceptance.story import Json

_SAID = {
    "de": "Guten Tag, hier schreibt {name} aus {street}. {matter}",
    "fr": "Bonjour, ici {name}, {street}. {matter}",
    "ja": "こんにちは、{name} です。{street}。{matter}",
    "pt": "Bom dia, aqui quem fala é {name}, {street}. {matter}",
    "en": "Hello, this is {name} of {street}. {matter}",
}
_MATTER = {
    "de": "Es geht um den Vorgang Nummer {nr}, den ich mir anders vorgestellt hatte.",
    "fr": "Il s'agit de mon affaire numéro {nr}, dont je suis bien déçu.",
    "ja": "{nr} 番目のお願いです。どうぞよろしくお願いします。",
    "pt": "É sobre o meu pedido de ajuda número {nr}, que muito me aborreceu.",
    "en": "It is about my trouble number {nr}, which I had not expected at all.",
}


def message_of(order: Json, nr: int) -> str:
    """The same each time; no two plots or tales share one."""
    buyer = order["customer"]
    said = _SAID[_language(order)]
    return said.format(name=buyer["name"], street=buyer["address"]["line1"], matter=matter_of(order, nr))


def matter_of(order: Json, nr: int) -> str:
    """The last sentence of the message alone."""
    return _MATTER[_language(order)].format(nr=nr)


def _language(order: Json) -> str:
    """English for whoever writes in a language that is not spoken here."""
    language = str(order["locale"]).split("-")[0]
    return language if language in _SAID else "en"
