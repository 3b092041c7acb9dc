"""Messages to customers through the seller's mail system."""

from __future__ import annotations

from makegood.gateways.results import Sent
from makegood.gateways.seller.api import SellerClient


class SellerMailbox(SellerClient):
    """Implements the `Mailbox` port."""

    def send(
        self,
        to: str,
        *,
        channel: str,
        locale: str,
        subject: str,
        body: str,
        case: str,
        template: str | None,
        key: str,
    ) -> Sent:
        """`template` names the message in `sop_definitions/messages`, None for free text."""
        message = {
            "to": to,
            "channel": channel,
            "locale": locale,
            "subject": subject,
            "body": body,
            "case": case,
            "template": template,
            "reference": key,
        }
        return self._api.post(Sent, "/messages", key=key, body=message)

    def find(self, *, key: str) -> Sent | None:
        """The message handed over under this key."""
        return next(iter(self._api.get(tuple[Sent, ...], "/messages", query={"reference": key})), None)
