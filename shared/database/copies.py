"""Copies of facts that another service owns: each row keeps the newest version that was published."""

from functools import cache
from typing import Any

from shared.database.connection import Connection


async def keep_newest(connection: Connection, table: str, *, key: str, by: str = "version", **columns: Any) -> bool:
    """Keep a row by its key, unless the one that is there is as new; whether it was new.

    `key` names the column that it is known by, and `by` the one that grows with each version:

        await keep_newest(connection, "hosts", key="host_id", host_id="H0001", version=3, sector="Museums")
    """
    statement = _statement(table, key, by, tuple(columns))
    return bool(await connection.fetchval(statement, *columns.values()))


@cache
def _statement(table: str, key: str, by: str, columns: tuple[str, ...]) -> str:
    values = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns if column != key)
    # The names are those that our own stores write, never what somebody sent.
    return (
        f"insert into {table} ({', '.join(columns)}) values ({values}) "  # noqa: S608
        f"on conflict ({key}) do update set {changes} where {table}.{by} < excluded.{by} returning true"
    )
