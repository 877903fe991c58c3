"""Second rounds: a project may take part in two, is ranked in each, and what is left of it is known."""

from shared.database.migration import sql_beside

revision = "0003"
down_revision = "0002"
upgrade = sql_beside(__file__)
