"""Alembic's migrations of the ticket store."""
