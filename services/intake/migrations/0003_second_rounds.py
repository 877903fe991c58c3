"""What a round leaves to its second, and who holds a place."""

from shared.database.migration import sql_beside

revision = "0003"
down_revision = "0002"
upgrade = sql_beside(__file__)
