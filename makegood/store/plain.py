"""Rows to look at: a model's columns and properties, without SQLAlchemy's watch over changes.

A leg and a batch read some ten rows a case and ask them a hundred questions. A mapper's object costs several
times as much to make and to ask, for what nobody uses here: rows are never changed by setting an attribute.
They only look like the model's. What hangs on a row (an order's units) is None until somebody sets it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import field, make_dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import TextualSelect, column, inspect, text
from sqlalchemy.orm import Mapper

from makegood.store.models import Base
from makegood.store.rows import array, cast_to, quoted
from makegood.store.transaction import Tx

M = TypeVar("M", bound=Base)


def find(tx: Tx, model: type[M], where: str, **given: Any) -> list[M]:
    """`where` is the rest of the statement after that word, and `given` the values of its parameters:
    `find(tx, Case, "id = :id for no key update", id=17)`."""
    found = tx.session.execute(_select(model, where), given).all()
    kind = _kind(model)
    return [cast("M", kind(*row)) for row in found]


def one(tx: Tx, model: type[M], where: str, **given: Any) -> M | None:
    """As `find`, of what there is one or none."""
    found = find(tx, model, where, **given)
    return found[0] if found else None


def among(tx: Tx, model: type[M], name: str, values: Iterable[Any], tail: str = "") -> list[M]:
    """Those whose column `name` is one of `values`; `tail` is more of the statement, as `order by id`."""
    given = array(values)
    if given == "{}":
        return []
    kind = cast_to(model.__tablename__, name)
    return find(tx, model, f"{name} = any(cast(:given as {kind}[])) {tail}", given=given)


@functools.cache
def _kind(model: type[Base]) -> type:
    mapper: Mapper[Any] = inspect(model)
    columns = [(name, Any) for name in mapper.columns.keys()]  # noqa: SIM118  # pairs of no dict
    hanging = [(name, Any, field(default=None)) for name in mapper.relationships.keys()]  # noqa: SIM118
    own = {name: value for name, value in vars(model).items() if isinstance(value, property)}
    return make_dataclass(model.__name__, [*columns, *hanging], namespace=own, slots=True, eq=False)


@functools.cache
def _select(model: type[Base], where: str) -> TextualSelect:
    typed = [column(each.name, each.type) for each in inspect(model).columns]
    names = ", ".join(quoted(each.name) for each in typed)
    return text(f"select {names} from {model.__tablename__} where {where}").columns(*typed)  # noqa: S608  # our own
