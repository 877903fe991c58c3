"""Rounds, projects, applications with their history, rankings, offers and placements."""

from shared.database.migration import sql_beside

revision = "0001"
down_revision = None
upgrade = sql_beside(__file__)
