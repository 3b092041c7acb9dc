"""How one sandbox is started: its database, its webhooks' target and key, its data."""

import os
from dataclasses import dataclass
from pathlib import Path

from makegood.settings import Settings


@dataclass(frozen=True)
class Setup:
    """Without `webhook_url` webhooks are kept, not sent. `token` is asked for by the Seller API."""

    database_url: str
    webhook_url: str | None = None
    webhook_secret: bytes = b""
    token: str | None = None
    sample: bool = True
    data: Path | None = None
    seed: int = 0


class NoDatabase(LookupError):
    """The sandbox was started without a database of its own."""

    def __init__(self) -> None:
        super().__init__(
            "MAKEGOOD_SANDBOX_DATABASE_URL is not set: expected the address of an empty PostgreSQL database"
            " (`make up` makes one)"
        )


def from_environment() -> Setup:
    """MAKEGOOD_SANDBOX_DATABASE_URL, MAKEGOOD_WEBHOOK_URL (else where the desk is known to run),
    MAKEGOOD_WEBHOOK_SECRET (else derived from the master key), MAKEGOOD_SELLER_TOKEN, MAKEGOOD_DATA and
    MAKEGOOD_SANDBOX_SEED. Raises NoDatabase, and MasterKeyMissing when webhooks could not be signed.
    """
    settings = Settings()
    if settings.sandbox_database_url is None:
        raise NoDatabase
    desk = settings.web_url if "web_url" in settings.model_fields_set else None
    target = os.environ.get("MAKEGOOD_WEBHOOK_URL") or desk
    return Setup(
        database_url=settings.sandbox_database_url,
        webhook_url=target,
        webhook_secret=settings.webhook_bytes() if target else b"",
        token=settings.seller_token.get_secret_value() if settings.seller_token else None,
        data=settings.data,
        seed=int(os.environ.get("MAKEGOOD_SANDBOX_SEED", "0")),
    )
