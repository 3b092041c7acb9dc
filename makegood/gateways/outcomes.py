"""How a call to the outside world can end other than with its result: refused, unavailable, unknown.

Callers decide by class, never by text: a refused effect is final, an unavailable one may be tried again
with the same key, an unknown one is looked up before anything else happens to its order.
`str()` of an outcome never carries a provider's words, which may name a customer; `.message` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from makegood.core.errors import MakegoodError


class Outcome(MakegoodError):
    """The root of the three endings, for a caller that only needs to know that there is no result."""


class Refused(Outcome):
    """The provider said no: nothing was done, and the same call would be refused again.

    `code` is the provider's own word (`over_refund`), `known` what it would have accepted, if it said so.
    """

    def __init__(self, code: str, message: str = "", known: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.known = tuple(known)

    def __str__(self) -> str:
        return f"refused: {self.code}"


class Unavailable(Outcome):
    """The provider could not be asked: certainly nothing was done, the call may be repeated.

    `address` and `mend` say whom we tried to reach and how to bring it back; `retry_after` is the
    provider's own wish. `lasting` means that trying again alone will not help: a token, an address or a
    version has to be put right by a person.
    """

    code = "unavailable"

    def __init__(
        self,
        who: str,
        address: str,
        problem: str,
        mend: str = "",
        *,
        retry_after: timedelta | None = None,
        lasting: bool = False,
    ) -> None:
        super().__init__(who, address, problem)
        self.who = who
        self.address = address
        self.problem = problem
        self.mend = mend
        self.retry_after = retry_after
        self.lasting = lasting

    def __str__(self) -> str:
        mend = f". {self.mend}" if self.mend else ""
        return f"{self.who} at {self.address}: {self.problem}{mend}"


class Unknown(Outcome):
    """The call was sent and no usable answer came back: it may have happened. Look it up by its key."""

    code = "unknown"

    def __init__(self, who: str, address: str, problem: str) -> None:
        super().__init__(who, address, problem)
        self.who = who
        self.address = address
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.who} at {self.address}: {self.problem}; it may have happened"
