"""Links in mails, who asked for one, and whose were revoked."""

from shared.database.migration import sql_beside

revision = "0002"
down_revision = "0001"
upgrade = sql_beside(__file__)
