"""A runnable little world: shop, payments, warehouse, carrier, mailbox and clock, behind the Seller API."""
