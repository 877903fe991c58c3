"""Failures of a kind come in floods: staff are told of the first, and then of how many followed."""

from shared.database.migration import sql_beside

revision = "0004"
down_revision = "0003"
upgrade = sql_beside(__file__)
