"""The findings in each project, and which of them are outdated."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.screening.rules.findings import Finding, Host
from shared.contracts.submissions import ProjectTemplate
from shared.database.connection import Connection


class Outdated(NamedTuple):
    """A revision whose findings are outdated, and its host, if it is known."""

    project_id: str
    revision: int
    project: ProjectTemplate
    host: Host | None


async def mark_outdated(connection: Connection, host_id: str) -> None:
    """Mark the findings in a host's projects as outdated."""
    await connection.execute("update reviews set findings = null where host_id = $1", host_id)


async def hosts_with_outdated(connection: Connection) -> list[str]:
    """The hosts of projects with outdated findings."""
    rows = await connection.fetch("select distinct host_id from reviews where findings is null")
    return [row["host_id"] for row in rows]


async def outdated(connection: Connection, host_ids: Sequence[str]) -> list[Outdated]:
    """The revisions of these hosts whose findings are outdated."""
    rows = await connection.fetch(
        """
        select project_id, revision, project, host
        from reviews_in_queue where findings is null and host_id = any($1)
        """,
        host_ids,
    )
    return [
        Outdated(
            row["project_id"],
            row["revision"],
            ProjectTemplate.model_validate(row["project"]),
            Host(**row["host"]) if row["host"] else None,
        )
        for row in rows
    ]


async def keep(connection: Connection, found: Iterable[tuple[str, int, Sequence[Finding]]]) -> None:
    await connection.executemany(
        "update reviews set findings = $3 where project_id = $1 and revision = $2",
        [
            (project_id, revision, [finding.model_dump(mode="json") for finding in each])
            for project_id, revision, each in found
        ],
    )
