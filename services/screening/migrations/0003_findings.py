"""What is found in a project, stored with its review."""

from shared.database.migration import sql_beside

revision = "0003"
down_revision = "0002"
upgrade = sql_beside(__file__)
