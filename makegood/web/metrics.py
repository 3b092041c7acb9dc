"""Metrics: a page for Prometheus, to this machine alone or to whoever has the token."""

from __future__ import annotations

import hmac
import ipaddress
import threading
import time
from collections.abc import Iterable, Iterator

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from makegood.store import figures
from makegood.store.figures import Figure
from makegood.web.site import Site, site_of

router = APIRouter()

FRESH = 10.0  # seconds that a page is shown again: however many ask, the database counts that seldom
PREFIX = "makegood_"
HELP = {  # name: what it is, and what its label is, if it has one
    "cases": ("Cases by status.", "status"),
    "waits": ("Open cases by what they wait for.", "waits_on"),
    "legs": ("Legs begun.", ""),
    "legs_running": ("Cases that a leg drives now.", ""),
    "start_lag_seconds": ("How long the oldest leg that was asked for has not begun: the workers' lag.", ""),
    "timers_late": ("Timers that should have fired minutes ago.", ""),
    "timers_late_oldest_seconds": ("How late the latest of them is.", ""),
    "effects_under_way": ("Payments, labels and letters that have begun and not ended.", ""),
    "effects_unknown": ("Those of which nobody knows whether they were done.", "action"),
    "effects_unknown_oldest_seconds": ("Since when that is so for the oldest.", ""),
    "effects_unknown_minor": ("The money in them, in minor units.", "currency"),
    "outbox_unsent": ("What is to be told to Prefect.", ""),
    "outbox_failing": ("What could not be told to Prefect, and is tried again.", ""),
    "promises_breached": ("Open cases with a broken promise.", "promise"),
    "approvals_open": ("Questions that wait for a supervisor.", ""),
    "approvals_overdue": ("Those whose time is over.", ""),
    "tasks_open": ("Work for people, by role.", "role"),
    "tasks_overdue": ("Work whose time is over, by role.", "role"),
    "cases_in_trouble": ("Cases that broke or killed what drove them last.", ""),
    "cases_handed": ("Cases that kill their worker, which an engineer has.", ""),
    "scrape_seconds": ("How long it took to count all this.", ""),
}
_COUNTERS = {"legs"}


class _Figures(Collector):
    """What was counted, as Prometheus's library wants it."""

    def __init__(self, counted: Iterable[Figure]) -> None:
        self._counted = list(counted)

    def collect(self) -> Iterator[Metric]:
        for name, (said, label) in HELP.items():
            kind = CounterMetricFamily if name in _COUNTERS else GaugeMetricFamily
            family = kind(PREFIX + name, said, labels=[label] if label else [])
            for figure in self._counted:
                if figure.name == name:
                    family.add_metric([figure.label] if label else [], figure.value)
            yield family


class Page:
    """The last page, for as long as it is fresh."""

    def __init__(self, fresh: float = FRESH) -> None:
        self._fresh = fresh
        self._lock = threading.Lock()
        self._made_at = float("-inf")
        self._page = b""

    def of(self, site: Site) -> bytes:
        with self._lock:
            if time.monotonic() - self._made_at > self._fresh:
                self._page, self._made_at = _made(site), time.monotonic()
            return self._page


def _made(site: Site) -> bytes:
    began = time.monotonic()
    with site.desk.store.begin() as tx:
        counted = list(figures.read(tx, site.desk.now()))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures([*counted, Figure("scrape_seconds", "", time.monotonic() - began)]))
    return generate_latest(registry)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """404 to a stranger: it is not even said that it exists."""
    site = site_of(request)
    if not (_is_here(request) or _has_token(request, site.metrics_token)):
        return PlainTextResponse("not found", 404)
    page: Page = request.app.state.metrics_page
    return Response(page.of(site), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _is_here(request: Request) -> bool:
    """Asked on this machine, and not through a proxy that stands on it."""
    if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via")):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _has_token(request: Request, token: bytes | None) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return token is not None and hmac.compare_digest(given.encode(), token)
