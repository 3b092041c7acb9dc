"""One key, one effect: a second request with the same key gets the first one's answer."""

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Response
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused
from makegood.sandbox.world import Call, Caller

Answer = TypeVar("Answer", bound=BaseModel)
KeyHeader = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="One per intended effect. The same key and body again returns the first answer.",
        examples=["MG-2026-000123:refund:1"],
    ),
]
Reference = Annotated[str, Field(min_length=1, max_length=255)]
REPLAYED = "Idempotent-Replayed"


class Referred(BaseModel):
    """The body of an effect that needs nothing else."""

    model_config = ConfigDict(frozen=True)

    reference: Reference | None = Field(None, description="What look-ups find it by; default: the key.")


class Once:
    """Runs an effect at most once for its key, in one transaction with the record of its answer.

    A refused effect leaves no trace: the same key may be used again.
    """

    def __init__(self, call: Caller, response: Response, key: KeyHeader) -> None:
        self._call: Call = call
        self._response = response
        self.key = key

    def reference(self, body: Referred | None) -> str:
        return (body and body.reference) or self.key

    def do(
        self, body: BaseModel | None, kind: type[Answer], effect: Callable[[Transaction], Answer]
    ) -> Answer:
        fingerprint = self._fingerprint(body)
        with self._call.begin() as tx:
            # a concurrent request with the same key waits here until the first has committed or failed
            new = tx.run(
                "INSERT INTO done (route, key, fingerprint) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (self._call.route, self.key, fingerprint),
            )
            if not new:
                return self._first_answer(tx, fingerprint, kind)
            result = effect(tx)
            tx.run(
                "UPDATE done SET answer = %s WHERE route = %s AND key = %s",
                (Jsonb(result.model_dump(mode="json")), self._call.route, self.key),
            )
        return result

    def _first_answer(self, tx: Transaction, fingerprint: str, kind: type[Answer]) -> Answer:
        row = tx.one(
            "SELECT fingerprint, answer FROM done WHERE route = %s AND key = %s", (self._call.route, self.key)
        )
        assert row is not None, "rows of done are only ever removed by a reset"
        if row["fingerprint"] != fingerprint:
            raise Refused(
                409, "idempotency_mismatch", f"The key {self.key!r} was used for another request before."
            )
        self._response.headers[REPLAYED] = "true"
        return kind.model_validate(row["answer"])

    def _fingerprint(self, body: BaseModel | None) -> str:
        content = body.model_dump(mode="json", exclude_none=True) if body is not None else {}
        words = json.dumps([self._call.path, content], sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(words.encode()).hexdigest()


OnceOnly = Annotated[Once, Depends(Once)]
