"""The table `failures_told`: kinds of failures that staff were told about lately."""

from shared.database.connection import Connection


async def add(connection: Connection, service: str, error: str) -> int:
    """Count a failure; returns how many of its kind came since staff were told about the first, 0 for the first."""
    more: int = await connection.fetchval(
        """
        insert into failures_told as told (service, error) values ($1, $2)
        on conflict (service, error) do update set more = told.more + 1
        returning more
        """,
        service,
        error,
    )
    return more


async def end(connection: Connection, service: str, error: str) -> int:
    """End the count of a kind, and return it: how many followed the first. The next one is a first one again."""
    more: int | None = await connection.fetchval(
        "delete from failures_told where service = $1 and error = $2 returning more", service, error
    )
    return more or 0
