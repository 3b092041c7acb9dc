"""The one HTTP client: whom it calls, with what patience, and how each way of failing is named.

Nothing is repeated here but GETs: whether a POST may be repeated is the caller's decision, by its key.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import stamina
from pydantic import ValidationError

from makegood.gateways.answers import Answer, ending, misfit, parse, retry_after
from makegood.gateways.outcomes import Outcome, Refused, Unavailable, Unknown

T = TypeVar("T")
Query = Mapping[str, str | int]
NO_QUERY: Query = MappingProxyType({})
log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=10)  # for one call; must stay well below the lease of 60 s
GET_RETRIES = timedelta(seconds=3)
LARGEST_ANSWER = 8 * 1024 * 1024  # bytes

# raised before a byte of the request was on the wire
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")


class _CutOff(httpx.ReadError):
    """An answer that dripped in for too long, or was too large."""


def open_client(patience: timedelta = PATIENCE) -> httpx.Client:
    """The process's client: share it between endpoints and threads, close it once.

    httpx counts each operation apart, so the shares add up to `patience`.
    """
    # httpx writes whole addresses at INFO, and `?email=` is personal
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    seconds = patience.total_seconds()
    shares = httpx.Timeout(pool=seconds * 0.1, connect=seconds * 0.2, write=seconds * 0.1, read=seconds * 0.6)
    return httpx.Client(
        timeout=shares,
        mounts=dict.fromkeys(LOOPBACK),  # the machine's proxy is not for our own sandbox
        follow_redirects=False,
        headers={"User-Agent": "makegood", "Accept": "application/json"},
    )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One provider's address. `who` and `mend` are what a person reads when it does not answer."""

    client: httpx.Client
    address: str
    who: str
    mend: str = ""
    token: str | None = None
    patience: timedelta = PATIENCE

    def get(self, kind: type[T], route: str, *names: str, query: Query = NO_QUERY, retry: bool = True) -> T:
        """Read something: short of a refusal, whatever goes wrong is `Unavailable`.

        `route` has a `{}` for each of `names`, so that the log can show it without them.
        """
        for attempt in stamina.retry_context(
            on=_try_again_in, attempts=5 if retry else 1, timeout=GET_RETRIES, wait_initial=0.1, wait_max=1.0
        ):
            with attempt:
                return self._get(kind, route, names, query)
        raise AssertionError("stamina ends with a result or an exception")

    def find(self, kind: type[T], route: str, *names: str, query: Query = NO_QUERY) -> T | None:
        """Read something that need not be there: a `..._not_found` is None."""
        try:
            return self.get(kind, route, *names, query=query)
        except Refused as refused:
            if refused.code.endswith("_not_found"):
                return None
            raise

    def post(self, kind: type[T], route: str, *names: str, key: str, body: Mapping[str, Any]) -> T:
        """Do something, once per key: what cannot be told from done is `Unknown`."""
        started = time.monotonic()
        try:
            answer = self._send("POST", route, names, key=key, json=dict(body))
        except NOT_SENT as error:
            raise self._noted(self._unavailable(error), "POST", route, started, key) from error
        except httpx.RequestError as error:
            unknown = Unknown(self.who, self.address, _said(error))
            raise self._noted(unknown, "POST", route, started, key) from error
        bad = ending(answer, self.who, self.address, self.mend, effect=True)
        if bad is not None:
            raise self._noted(bad, "POST", route, started, key)
        try:
            result = parse(kind, answer.body)
        except ValidationError as error:
            unknown = Unknown(self.who, self.address, misfit(error))
            raise self._noted(unknown, "POST", route, started, key) from None
        log.info("POST %s %s: done in %.0f ms", route, key, 1000 * (time.monotonic() - started))
        return result

    def _get(self, kind: type[T], route: str, names: tuple[str, ...], query: Query) -> T:
        started = time.monotonic()
        try:
            answer = self._send("GET", route, names, query=query)
        except httpx.RequestError as error:
            raise self._noted(self._unavailable(error), "GET", route, started) from error
        bad = ending(answer, self.who, self.address, self.mend, effect=False)
        if bad is not None:
            raise self._noted(bad, "GET", route, started)
        try:
            return parse(kind, answer.body)
        except ValidationError as error:
            unfit = Unavailable(self.who, self.address, misfit(error), "Check its version", lasting=True)
            raise self._noted(unfit, "GET", route, started) from None

    def _send(
        self,
        method: str,
        route: str,
        names: tuple[str, ...],
        *,
        query: Query = NO_QUERY,
        key: str | None = None,
        json: Mapping[str, Any] | None = None,
    ) -> Answer:
        """One exchange, read to its end; raises what httpx raises."""
        url = self.address.rstrip("/") + _path(route, names)
        headers = {"Idempotency-Key": key} if key else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        deadline = time.monotonic() + self.patience.total_seconds()
        try:
            with self.client.stream(
                method, url, params=dict(query) or None, headers=headers, json=json
            ) as response:
                body = _read(response, deadline)
        except httpx.InvalidURL as error:
            raise httpx.UnsupportedProtocol("not an address") from error
        return Answer(response.status_code, body, retry_after(response.headers.get("Retry-After")))

    def _unavailable(self, error: httpx.RequestError) -> Unavailable:
        return Unavailable(self.who, self.address, _said(error), self.mend)

    def _noted(self, bad: Outcome, method: str, route: str, started: float, key: str = "") -> Outcome:
        spent = 1000 * (time.monotonic() - started)
        level = logging.INFO if isinstance(bad, Refused) else logging.WARNING
        log.log(level, "%s %s %s: %s after %.0f ms", method, route, key or "-", bad, spent)
        return bad


def _path(route: str, names: tuple[str, ...]) -> str:
    """A name that a customer typed must not lead to another route: servers decode %2F and resolve `..`."""
    if any(name.strip() in ("", ".", "..") or "/" in name for name in names):
        raise Refused("name_not_found")
    return route.format(*(quote(name, safe="") for name in names))


def _read(response: httpx.Response, deadline: float) -> bytes:
    """The body, given up when it drips past the deadline: httpx's own time-out starts anew per chunk."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if time.monotonic() > deadline:
            raise _CutOff("the answer took too long")
        if len(body) > LARGEST_ANSWER:
            raise _CutOff("the answer is too large")
    return bytes(body)


def _said(error: httpx.RequestError) -> str:
    """What happened, without the address: httpx puts no query into its texts, but a proxy might."""
    match error:
        case _CutOff():
            return str(error)
        case httpx.ConnectError():
            return "does not answer (connection refused or no such host)"
        case httpx.TimeoutException():
            return f"did not answer in time ({type(error).__name__})"
        case _:
            return f"the connection broke ({type(error).__name__})"


def _try_again_in(error: Exception) -> bool | timedelta:
    if not isinstance(error, Unavailable) or error.lasting:
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after < GET_RETRIES else False
