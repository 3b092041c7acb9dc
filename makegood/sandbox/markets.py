"""The markets of the sandbox: currency, language, time zone and the tax inside a price."""

from dataclasses import dataclass

from makegood.sandbox.errors import Refused


@dataclass(frozen=True)
class Market:
    code: str
    currency: str
    locale: str
    zone: str
    tax_percent: int  # the standard rate, included in prices; 0 where tax is added on top
    price_percent: int  # what 1 EUR of the sample catalogue costs here, in hundredths of a minor unit
    return_label_minor: int  # what the carrier asks for a return label


# Rates: standard VAT, GST or consumption tax of 2026, good enough for a sandbox and no advice.
MARKETS = {
    market.code: market
    for market in (
        Market("DE", "EUR", "de-DE", "Europe/Berlin", 19, 100, 549),
        Market("FR", "EUR", "fr-FR", "Europe/Paris", 20, 100, 595),
        Market("GB", "GBP", "en-GB", "Europe/London", 20, 90, 475),
        Market("US", "USD", "en-US", "America/New_York", 0, 110, 795),
        Market("JP", "JPY", "ja-JP", "Asia/Tokyo", 10, 160, 880),
        Market("BR", "BRL", "pt-BR", "America/Sao_Paulo", 17, 600, 2490),
        Market("CN", "CNY", "zh-CN", "Asia/Shanghai", 13, 800, 1200),
        Market("ES", "EUR", "es-ES", "Europe/Madrid", 21, 100, 565),
        Market("IT", "EUR", "it-IT", "Europe/Rome", 22, 100, 590),
        Market("AU", "AUD", "en-AU", "Australia/Sydney", 10, 170, 995),
        Market("NL", "EUR", "nl-NL", "Europe/Amsterdam", 21, 100, 525),
        Market("PL", "PLN", "pl-PL", "Europe/Warsaw", 23, 430, 1499),
        Market("MX", "MXN", "es-MX", "America/Mexico_City", 16, 2000, 14900),
        Market("KR", "KRW", "ko-KR", "Asia/Seoul", 10, 1600, 4500),
    )
}


def market(code: str) -> Market:
    found = MARKETS.get(code)
    if found is None:
        raise Refused(422, "unknown_market", f"No market is known as {code!r}.", known=sorted(MARKETS))
    return found
