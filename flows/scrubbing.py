"""What Prefect is told of an error: its class and code. Its words may name a customer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger("makegood.flows")


class Broke(RuntimeError):
    """A flow broke; the whole of it is in the worker's own log."""


def scrub(error: BaseException) -> str:
    """`Refused over_refund`"""
    name = type(error).__name__
    code = getattr(error, "code", None)
    return f"{name} {code}" if isinstance(code, str) and code.isidentifier() else name


@contextmanager
def scrubbed(what: str) -> Iterator[None]:
    """Around the whole body of a flow. Lets `Pause` through, which is no `Exception`."""
    try:
        yield
    except Exception as error:
        log.exception("%s broke", what)  # stays on this machine
        raise Broke(scrub(error)) from None
