"""Hosts, students, what projects are like and a round's dates; a host's draft of its ranking; attendance."""

from shared.database.migration import sql_beside

revision = "0002"
down_revision = "0001"
upgrade = sql_beside(__file__)
