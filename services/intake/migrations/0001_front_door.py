"""Rounds, people, projects, applications, submissions and documents."""

from shared.database.migration import sql_beside

revision = "0001"
down_revision = None
upgrade = sql_beside(__file__)
