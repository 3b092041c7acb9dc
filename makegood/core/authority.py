"""Authority: up to what amount nobody is asked, and who may say yes above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from makegood.core import money
from makegood.core.errors import Surprise
from makegood.core.money import Money, Rates, convert

ANY = "any"


def _written(value: object) -> object:
    """`500.00 EUR`; anything else is left for the model to refuse."""
    if isinstance(value, str):
        amount, _, currency = value.strip().rpartition(" ")
        if not amount:
            raise ValueError(f"{value!r} is not an amount such as 500.00 EUR")
        return money.parse(amount, currency)
    return value


Amount = Annotated[Money, BeforeValidator(_written)]


def _names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_names), Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AutoLimit(_Part):
    """Up to `limit`, inclusive, no approval is asked; the first row that fits holds."""

    market: str = ANY
    remedy: str = ANY
    limit: Amount

    def fits(self, market: str, remedy: str) -> bool:
        return self.market in (ANY, market) and self.remedy in (ANY, remedy)


class Large(_Part):
    """Above `above` it takes so many people, each of whom may approve all of it."""

    above: Amount
    people: int = Field(ge=2, le=9)


class Batching(_Part):
    """So many open questions of one cause, and no more than `most`, are also offered as one."""

    least: int = Field(ge=2)
    most: int = Field(le=100)

    @model_validator(mode="after")
    def _in_order(self) -> Batching:
        if self.least > self.most:
            raise ValueError(f"least: {self.least} is more than most: {self.most}")
        return self


class Role(_Part):
    """What people of a role may approve, each also within their own limit and markets.

    `customer_90d`: at most so much for one customer in 90 days, this included.
    """

    remedies: Names
    limit: Amount
    customer_90d: Amount | None = None

    def allows(self, remedy: str) -> bool:
        return ANY in self.remedies or remedy in self.remedies


class Authority(_Part):
    """authority.yaml. Limits are in the house currency; rates only serve to compare amounts with them."""

    house_currency: str = Field(pattern="^[A-Z]{3}$")
    rates: Rates
    auto: tuple[AutoLimit, ...] = Field(min_length=1)
    large: tuple[Large, ...] = ()
    batch: Batching | None = None
    roles: dict[str, Role]

    @model_validator(mode="after")
    def _in_house_currency(self) -> Authority:
        limits = [row.limit for row in self.auto] + [role.limit for role in self.roles.values()]
        limits += [row.above for row in self.large]
        limits += [role.customer_90d for role in self.roles.values() if role.customer_90d is not None]
        for limit in limits:
            if limit.currency != self.house_currency:
                raise ValueError(f"{limit}: limits are written in the house currency {self.house_currency}")
        if self.rates.base != self.house_currency:
            raise ValueError(f"rates are based on {self.rates.base}, limits on {self.house_currency}")
        last = self.auto[-1]
        if (last.market, last.remedy) != (ANY, ANY):
            raise ValueError("the last row of `auto` must fit any market and any remedy")
        return self


@dataclass(frozen=True, slots=True)
class Person:
    """`limit` in any currency with a rate; None leaves the role's. `markets` may be `("all",)`."""

    id: str
    role: str
    limit: Money | None = None
    markets: Sequence[str] = ("all",)
    active: bool = True


class Why(StrEnum):
    """Why somebody may not; the sentence for them is the caller's."""

    ALLOWED = "allowed"
    INACTIVE = "inactive"
    OWNER_OF_THE_CASE = "owner-of-the-case"
    CHANGED_THE_AMOUNT = "changed-the-amount"
    ROLE_MAY_NOT_APPROVE = "role-may-not-approve"
    NOT_THIS_REMEDY = "not-this-remedy"
    NOT_THIS_MARKET = "not-this-market"
    ABOVE_LIMIT = "above-limit"
    CUSTOMER_ABOVE_LIMIT = "customer-above-limit"


@dataclass(frozen=True, slots=True)
class Permission:
    """`limit` is the most this person may approve, where they may approve at all."""

    why: Why
    limit: Money | None = None

    @property
    def allowed(self) -> bool:
        return self.why is Why.ALLOWED


def auto_limit(authority: Authority, market: str, remedy: str) -> Money:
    """Up to this, inclusive, in the house currency, nobody is asked."""
    for row in authority.auto:
        if row.fits(market, remedy):
            return row.limit
    raise Surprise("the last row of `auto` fits any market and any remedy")


def people_needed(authority: Authority, amount_house: Money) -> int:
    """How many different people have to say yes to it."""
    return max((row.people for row in authority.large if amount_house > row.above), default=1)


def in_house(authority: Authority, amount: Money) -> Money:
    """For comparing with limits only; rounded up."""
    return convert(amount, authority.house_currency, authority.rates)


def may(
    authority: Authority,
    person: Person,
    remedy: str,
    amount_house: Money,
    market: str,
    owner: str | None,
    given_90d: Money | None = None,
) -> Permission:
    """`owner` is the id of the case's owner: nobody approves their own case. `given_90d` is what this
    customer was given in 90 days without this amount, in house currency; None where nobody knows."""
    role = authority.roles.get(person.role)
    if not person.active:
        return Permission(Why.INACTIVE)
    if owner is not None and person.id == owner:
        return Permission(Why.OWNER_OF_THE_CASE)
    if role is None:
        return Permission(Why.ROLE_MAY_NOT_APPROVE)
    if not role.allows(remedy):
        return Permission(Why.NOT_THIS_REMEDY)
    if "all" not in person.markets and market not in person.markets:
        return Permission(Why.NOT_THIS_MARKET)
    limit = role.limit
    if person.limit is not None:
        limit = min(limit, _own_limit(authority, person.limit))
    if amount_house > limit:
        return Permission(Why.ABOVE_LIMIT, limit)
    before = 0 if given_90d is None else given_90d.minor
    if role.customer_90d is not None and before + amount_house.minor > role.customer_90d.minor:
        return Permission(Why.CUSTOMER_ABOVE_LIMIT, limit)
    return Permission(Why.ALLOWED, limit)


def _own_limit(authority: Authority, limit: Money) -> Money:
    """A limit is converted downwards: rounding never widens what somebody may do."""
    return convert(limit, authority.house_currency, authority.rates, down=True)
