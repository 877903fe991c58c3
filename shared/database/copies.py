"""Copies of facts that another service owns: each row has the newest version that was received."""

from functools import cache
from typing import Any

from shared.database.connection import Connection


async def keep_newest(connection: Connection, table: str, *, key: str, by: str = "version", **columns: Any) -> bool:
    """Insert or update a row, unless the table has the same or a newer version; true if the row was written.

    `key` names the column of the key, and `by` the column that grows with each version:

        await keep_newest(connection, "hosts", key="host_id", host_id="H0001", version=3, sector="Museums")
    """
    statement = _statement(table, key, by, tuple(columns))
    return bool(await connection.fetchval(statement, *columns.values()))


@cache
def _statement(table: str, key: str, by: str, columns: tuple[str, ...]) -> str:
    values = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns if column != key)
    # The names come from the code of our stores, never from input.
    return (
        f"insert into {table} ({', '.join(columns)}) values ({values}) "  # noqa: S608
        f"on conflict ({key}) do update set {changes} where {table}.{by} < excluded.{by} returning true"
    )
