"""The refund flow for a stock process worker of Prefect's, with the fake desk."""

from __future__ import annotations

import os

from flows import seam
from flows.procedures import refund
from tests.flows.fake_desk import FakeDesk

__all__ = ["refund"]

seam.install(FakeDesk(os.environ["FAKE_DESK_URL"], os.environ["PREFECT_API_URL"]))
