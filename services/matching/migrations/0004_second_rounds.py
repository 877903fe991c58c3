"""Second rounds: when they open, that what is left for them was said, and rankings by round."""

from shared.database.migration import sql_beside

revision = "0004"
down_revision = "0003"
upgrade = sql_beside(__file__)
