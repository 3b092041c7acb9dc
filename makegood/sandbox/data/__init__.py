"""What a sandbox begins with: made-up sample orders, and a shop's own files when they are given."""

from makegood.sandbox import planting
from makegood.sandbox.data import retail, sample
from makegood.sandbox.database import Transaction
from makegood.sandbox.setup import Setup


def load(tx: Transaction, setup: Setup) -> int:
    """Loads what was not loaded into this database before; returns how many orders that were."""
    loaded = 0
    if setup.sample and _new(tx, "sample", setup.seed):
        planting.shelve(tx, sample.stock(setup.seed))
        made = sample.orders(setup.seed, tx.now)
        planting.plant(tx, made)
        loaded += len(made)
    if setup.data is not None and _new(tx, "retail", setup.seed):
        shop = retail.read(setup.data)
        planting.shelve(tx, retail.stock(shop, setup.seed))
        overlaid = retail.orders(shop, setup.seed, tx.now)
        planting.plant(tx, overlaid)
        loaded += len(overlaid)
    return loaded


def _new(tx: Transaction, name: str, seed: int) -> bool:
    return bool(
        tx.run(
            "INSERT INTO dataset (name, seed, loaded_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (name, seed, tx.now),
        )
    )
