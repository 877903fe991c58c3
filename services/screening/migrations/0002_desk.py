"""What reviewers do before anything is said, rules for trusted hosts, and copies of hosts and rounds."""

from shared.database.migration import sql_beside

revision = "0002"
down_revision = "0001"
upgrade = sql_beside(__file__)
