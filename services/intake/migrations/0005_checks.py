"""Applications whose CV is still to be read, and what is under way when applications close."""

from shared.database.migration import sql_beside

revision = "0005"
down_revision = "0004"
upgrade = sql_beside(__file__)
