"""The catalogue that students search, and whose a document is."""

from shared.database.migration import sql_beside

revision = "0004"
down_revision = "0003"
upgrade = sql_beside(__file__)
