"""What both sides of a comparison do with a message: one row into a table of their own, one event out."""

import asyncpg

from benchmarks.servers import Place
from shared.contracts.intake import ProjectSubmitted
from shared.database.connection import Connection

INSERT = "insert into recorded (title, project_id) values ($1, $2)"


async def add_table(place: Place) -> None:
    """The table of the service under measurement."""
    administrator = await asyncpg.connect(place.database_url, server_settings={"search_path": "screening"})
    await administrator.execute("create table recorded (title text primary key, project_id text not null)")
    await administrator.execute("grant all on recorded to ninthweek_screening")
    await administrator.close()


async def record(connection: Connection, event: ProjectSubmitted) -> None:
    await connection.execute(INSERT, event.title, event.project_id)


async def recorded(place: Place) -> int:
    """How many rows there are."""
    administrator = await asyncpg.connect(place.database_url)
    try:
        return int(await administrator.fetchval("select count(*) from screening.recorded"))
    finally:
        await administrator.close()
