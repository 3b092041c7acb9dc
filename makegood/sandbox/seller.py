"""What the routes of the Seller API share: the seller's token, and that they can be made to fail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from makegood.sandbox.errors import ErrorAnswer, Refused
from makegood.sandbox.faulty import SELLER, FaultyRoute


def seller_router() -> APIRouter:
    return APIRouter(
        route_class=FaultyRoute,
        tags=[SELLER],
        dependencies=[Depends(check_token)],
        responses={401: {"model": ErrorAnswer, "description": "Error codes: `unauthorised`"}},
    )


def check_token(request: Request, authorization: Annotated[str | None, Header()] = None) -> None:
    expected = request.app.state.world.setup.token
    if expected is not None and authorization != f"Bearer {expected}":
        raise Refused(401, "unauthorised", "Send the seller's token as 'Authorization: Bearer ...'.")
