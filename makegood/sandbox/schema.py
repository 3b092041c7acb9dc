"""The sandbox's own tables, made when they are missing."""

from typing import Any

from psycopg import Connection

SCHEMA_LOCK = 7_140_211  # advisory: two sandboxes starting on one database make the tables once

TABLES = """
CREATE TABLE IF NOT EXISTS clock (
    one boolean PRIMARY KEY DEFAULT true CONSTRAINT clock_is_one CHECK (one),
    offset_seconds bigint NOT NULL DEFAULT 0 CONSTRAINT clock_moves_forward CHECK (offset_seconds >= 0)
);
INSERT INTO clock DEFAULT VALUES ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS dataset (
    name text PRIMARY KEY, seed bigint NOT NULL, loaded_at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS customer (
    id text PRIMARY KEY, name text NOT NULL, email text NOT NULL, phone text, address jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS customer_email ON customer (lower(email));

CREATE TABLE IF NOT EXISTS orders (
    id text PRIMARY KEY,
    nr bigint GENERATED ALWAYS AS IDENTITY,
    customer_id text NOT NULL REFERENCES customer,
    market text NOT NULL, currency text NOT NULL, locale text NOT NULL, zone text NOT NULL,
    tier text NOT NULL,
    placed_at timestamptz NOT NULL, shipped_at timestamptz, delivered_at timestamptz,
    fulfilment text NOT NULL CONSTRAINT order_fulfilment CHECK (fulfilment IN
        ('not_started', 'picking', 'packed', 'shipped', 'delivered', 'held', 'cancelled')),
    warehouse text NOT NULL,
    interception text CONSTRAINT order_interception CHECK (interception IN ('stopped', 'too_late')),
    freight_paid_minor bigint NOT NULL CONSTRAINT order_freight CHECK (freight_paid_minor >= 0)
);
CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer_id);
CREATE UNIQUE INDEX IF NOT EXISTS orders_nr ON orders (nr);

CREATE TABLE IF NOT EXISTS line (
    id text PRIMARY KEY, order_id text NOT NULL REFERENCES orders ON DELETE CASCADE, position int NOT NULL,
    sku text NOT NULL, title text NOT NULL, category text NOT NULL,
    quantity int NOT NULL CONSTRAINT line_quantity CHECK (quantity > 0),
    unit_paid_minor bigint NOT NULL CONSTRAINT line_paid CHECK (unit_paid_minor >= 0),
    tax_minor bigint NOT NULL CONSTRAINT line_tax CHECK (tax_minor >= 0),
    UNIQUE (order_id, position)
);

CREATE TABLE IF NOT EXISTS payment (
    id text PRIMARY KEY, order_id text NOT NULL REFERENCES orders ON DELETE CASCADE,
    kind text NOT NULL, currency text NOT NULL,
    authorised_minor bigint NOT NULL, captured_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL DEFAULT 0, voided_minor bigint NOT NULL DEFAULT 0,
    CONSTRAINT payment_signs CHECK
        (least(authorised_minor, captured_minor, refunded_minor, voided_minor) >= 0),
    CONSTRAINT payment_captured CHECK (captured_minor <= authorised_minor),
    CONSTRAINT payment_refunded CHECK (refunded_minor <= captured_minor),
    CONSTRAINT payment_voided CHECK (voided_minor <= authorised_minor - captured_minor)
);
CREATE INDEX IF NOT EXISTS payment_order ON payment (order_id);

CREATE TABLE IF NOT EXISTS claim (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id text NOT NULL REFERENCES customer,
    order_id text, kind text NOT NULL, currency text NOT NULL, amount_minor bigint NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS parcel (
    tracking text PRIMARY KEY, order_id text NOT NULL REFERENCES orders ON DELETE CASCADE,
    direction text NOT NULL CONSTRAINT parcel_direction CHECK (direction IN ('outbound', 'return')),
    purpose text NOT NULL
        CONSTRAINT parcel_purpose CHECK (purpose IN ('order', 'return', 'reship', 'repair')),
    status text NOT NULL, recalled boolean NOT NULL DEFAULT false, created_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS parcel_order ON parcel (order_id);
CREATE TABLE IF NOT EXISTS parcel_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tracking text NOT NULL REFERENCES parcel ON DELETE CASCADE, status text NOT NULL, at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS parcel_event_tracking ON parcel_event (tracking, at);

CREATE TABLE IF NOT EXISTS shelf (
    warehouse text NOT NULL, sku text NOT NULL, title text NOT NULL,
    on_hand int NOT NULL CONSTRAINT shelf_never_negative CHECK (on_hand >= 0),
    CONSTRAINT shelf_once PRIMARY KEY (sku, warehouse)
);

CREATE TABLE IF NOT EXISTS done (
    route text NOT NULL, key text NOT NULL, fingerprint text NOT NULL, answer jsonb,
    CONSTRAINT done_once PRIMARY KEY (route, key)
);

-- What happened, one row for each, oldest first: the books.
CREATE TABLE IF NOT EXISTS entry (
    nr bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book text NOT NULL, id text NOT NULL, order_id text, reference text,
    body jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- real time: what a lagging look-up compares
    CONSTRAINT entry_id UNIQUE (book, id)
);
CREATE INDEX IF NOT EXISTS entry_reference ON entry (book, reference);
CREATE INDEX IF NOT EXISTS entry_order ON entry (book, order_id);

CREATE TABLE IF NOT EXISTS webhook (
    nr bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text NOT NULL, path text NOT NULL,
    body text NOT NULL, due_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- real time
    attempts int NOT NULL DEFAULT 0, sent_at timestamptz, refused_status int, error text
);
CREATE INDEX IF NOT EXISTS webhook_due ON webhook (due_at) WHERE sent_at IS NULL AND refused_status IS NULL;
"""

# all but the clock, which never goes back
LITTLE_WORLD = (
    "dataset, customer, orders, line, payment, claim, parcel, parcel_event, shelf, done, entry, webhook"
)
EDITION = 2  # of the tables: those of another are of no use, and the sandbox begins anew


def create(connection: Connection[Any]) -> None:
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
        connection.execute("CREATE TABLE IF NOT EXISTS edition (number int PRIMARY KEY)")
        if connection.execute("SELECT FROM edition WHERE number = %s", (EDITION,)).fetchone() is None:
            connection.execute(f"DROP TABLE IF EXISTS {LITTLE_WORLD}")
            connection.execute("DELETE FROM edition")
            connection.execute("INSERT INTO edition VALUES (%s)", (EDITION,))
        connection.execute(TABLES)


def empty(connection: Connection[Any]) -> None:
    """Everything but the clock, which never goes back."""
    connection.execute(f"TRUNCATE {LITTLE_WORLD}")
