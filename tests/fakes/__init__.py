"""The outside world in memory, for tests of the desk: real classes that keep the ports' promises.

`tests/gateways/test_contract.py` holds them to the same behaviour as the sandbox over HTTP.

    world = FakeWorld(order())
    world.payments.lose_answer("MG-2026-000001:refund:1")    # done, but the answer never comes: Unknown
    world.payments.lose_request("MG-2026-000001:refund:1")   # not done, and nobody can tell: Unknown
    world.payments.down = True                               # Unavailable
    world.payments.refuse("MG-2026-000001:refund:1", "card_closed")
"""

from tests.fakes.blobs import MemoryBlobs
from tests.fakes.carrier import FakeCarrier, FakeParcels
from tests.fakes.claims import FakeCarrierClaims, FakePaymentLinks
from tests.fakes.clock import FakeClock
from tests.fakes.goods import FakeShipments, FakeStock
from tests.fakes.mailbox import FakeMailbox, Letter
from tests.fakes.payments import FakePayments
from tests.fakes.repairs import FakeRepairs
from tests.fakes.shop import FakeShop
from tests.fakes.warehouse import FakeWarehouse
from tests.fakes.world import FakeWorld, order

__all__ = [
    "FakeCarrier",
    "FakeCarrierClaims",
    "FakeClock",
    "FakeMailbox",
    "FakeParcels",
    "FakePaymentLinks",
    "FakePayments",
    "FakeRepairs",
    "FakeShipments",
    "FakeShop",
    "FakeStock",
    "FakeWarehouse",
    "FakeWorld",
    "Letter",
    "MemoryBlobs",
    "order",
]
