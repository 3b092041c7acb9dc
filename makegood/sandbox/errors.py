"""What the Seller API refuses, and the one shape in which it says so."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg import OperationalError
from psycopg.errors import DataError, UniqueViolation
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from makegood.sandbox.money import Money


class ErrorBody(BaseModel):
    code: str
    message: str
    known: list[str] | None = None
    remaining: Money | None = None


class ErrorAnswer(BaseModel):
    """Every answer from 400 upwards."""

    error: ErrorBody


class Refused(Exception):
    """Not done and, for the same request, never will be. Nothing was written."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        known: Sequence[str] | None = None,
        remaining: Money | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = ErrorBody(
            code=code, message=message, known=list(known) if known is not None else None, remaining=remaining
        )


def not_found(noun: str, name: str, known: Sequence[str] | None = None) -> Refused:
    return Refused(404, f"{noun}_not_found", f"No {noun} is known as {name!r}.", known=known)


def answer(status: int, body: ErrorBody) -> JSONResponse:
    content = ErrorAnswer(error=body).model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, status_code=status)


def documented(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route: `"409 idempotency_mismatch"` and so on, grouped by status."""
    by_status: dict[int, list[str]] = {400: ["malformed"], 422: ["invalid_request"], 500: ["unavailable"]}
    for entry in codes:
        status, code = entry.split()
        by_status.setdefault(int(status), []).append(code)
    return {
        status: {"model": ErrorAnswer, "description": "Error codes: " + ", ".join(f"`{c}`" for c in found)}
        for status, found in by_status.items()
    }


def install(app: FastAPI) -> None:
    """Give every failure, also the framework's own, the documented shape."""

    @app.exception_handler(Refused)
    def refused(_: Request, problem: Refused) -> JSONResponse:
        return answer(problem.status, problem.body)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, problem: RequestValidationError) -> JSONResponse:
        first = jsonable_encoder(problem.errors())[0]
        place = ".".join(str(part) for part in first["loc"])
        return answer(422, ErrorBody(code="invalid_request", message=f"{place}: {first['msg']}"))

    @app.exception_handler(DataError)
    def unstorable(_: Request, problem: DataError) -> JSONResponse:
        # text with NUL, an integer beyond bigint, a date beyond the calendar
        return answer(422, ErrorBody(code="invalid_request", message=str(problem).splitlines()[0]))

    @app.exception_handler(UniqueViolation)
    def taken(_: Request, problem: UniqueViolation) -> JSONResponse:
        return answer(409, ErrorBody(code="exists", message=str(problem.diag.message_detail)))

    @app.exception_handler(OperationalError)
    def down(_: Request, problem: OperationalError) -> JSONResponse:
        # a commit may have been lost on its way: this is no proof that nothing was done
        return answer(500, ErrorBody(code="unavailable", message=f"The database: {problem}".strip()))

    @app.exception_handler(HTTPException)
    def framework(_: Request, problem: HTTPException) -> JSONResponse:
        code = {400: "malformed", 404: "no_such_route", 405: "method_not_allowed"}.get(
            problem.status_code, "refused"
        )
        made = answer(problem.status_code, ErrorBody(code=code, message=str(problem.detail)))
        made.headers.update(problem.headers or {})
        return made
