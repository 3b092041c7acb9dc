"""Flat dataclasses as columns."""

from __future__ import annotations

import functools
from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from typing import Any, cast


def vars_of(value: Any) -> dict[str, Any]:
    """`asdict` would copy what is in them, too."""
    return {name: getattr(value, name) for name in _names(cast("Hashable", type(value)))}


@functools.cache
def _names(kind: Hashable) -> tuple[str, ...]:
    assert isinstance(kind, type)
    assert is_dataclass(kind)
    return tuple(each.name for each in fields(kind))
