"""Seller API: messages to customers."""

from typing import Annotated

from fastapi import Query

from makegood.sandbox import mailbox
from makegood.sandbox.errors import documented
from makegood.sandbox.idempotency import OnceOnly
from makegood.sandbox.mailbox import Message, MessageWanted
from makegood.sandbox.seller import seller_router
from makegood.sandbox.world import Caller

router = seller_router()


@router.post(
    "/messages",
    name="send-message",
    status_code=201,
    summary="Send a message to a customer. In the sandbox it lands in the mailbox.",
    responses=documented("409 idempotency_mismatch"),
)
def send_message(once: OnceOnly, body: MessageWanted) -> Message:
    reference = once.reference(body)
    return once.do(body, Message, lambda tx: mailbox.send(tx, body, reference))


@router.get(
    "/messages",
    name="find-messages",
    summary="Messages by reference, case or recipient, oldest first.",
    responses=documented(),
)
def find_messages(
    call: Caller,
    reference: str | None = None,
    case: str | None = None,
    to: str | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 500,
) -> list[Message]:
    with call.begin() as tx:
        return mailbox.find(tx, reference, case, to, limit)
