"""Inbox and outbox as rings of partitions; what waits for its time, and what is not yet sent, apart from them."""

from shared.database.migration import sql_beside

revision = "0002"
down_revision = "0001"
upgrade = sql_beside(__file__)
