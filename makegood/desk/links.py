"""Links to a case's progress page: signed, expiring, and about one case only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from makegood.core.errors import Refusal


class LinkInvalid(Refusal):
    """`why` is `expired` or `forged`."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this link is {why}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Links:
    """`lifetime` counts in real time from when the link was made."""

    secret: bytes
    web_url: str
    lifetime: timedelta = timedelta(days=90)

    def make(self, number: str) -> str:
        """The address of the case's page. It names the case's number and nothing else."""
        return f"{self.web_url}/progress/{self._serializer().dumps(number)}"

    def read(self, token: str) -> str:
        """The number of the case. Raises LinkInvalid."""
        try:
            number = self._serializer().loads(token, max_age=int(self.lifetime.total_seconds()))
        except SignatureExpired as error:
            raise LinkInvalid("expired") from error
        except BadSignature as error:
            raise LinkInvalid("forged") from error
        return str(number)

    def _serializer(self) -> URLSafeTimedSerializer:
        return _serializer(self.secret)


@lru_cache(maxsize=4)
def _serializer(secret: bytes) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="progress")
