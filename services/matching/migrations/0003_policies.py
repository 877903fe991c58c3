"""By which policy a round is matched, whether staff hold the match back, and what was released."""

from shared.database.migration import sql_beside

revision = "0003"
down_revision = "0002"
upgrade = sql_beside(__file__)
