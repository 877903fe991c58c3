"""Chooses the people whose pages show most, so that somebody who looks at a demonstration can sign in as them."""

import asyncpg

from ninthweek.settings import AdministratorUrls
from shared.web.callers import PersonKind


async def with_most_to_do(urls: AdministratorUrls) -> dict[PersonKind, str]:
    """The ids of a host and a student, as far as there are any."""
    database = await asyncpg.connect(urls.database)
    try:
        chosen: dict[PersonKind, str | None] = {
            "host": await _host_with_most_to_do(database),
            "student": await _student_with_most_to_do(database),
        }
    finally:
        await database.close()
    return {kind: person_id for kind, person_id in chosen.items() if person_id is not None}


async def _host_with_most_to_do(connection: "asyncpg.Connection[asyncpg.Record]") -> str | None:
    """The host whose pages show most: open surveys, then placements, then applicants, then projects."""
    host: str | None = await connection.fetchval(
        """
        select host_id from intake.hosts
        order by
            (
                select count(*) from evaluation.surveys_of_placements
                where respondent = 'host' and respondent_id = host_id and state = 'open'
            ) desc,
            (
                select count(*) from matching.placements join matching.applications using (application_id)
                where applications.host_id = hosts.host_id
            ) desc,
            (select count(*) from intake.applications where applications.host_id = hosts.host_id) desc,
            (select count(*) from intake.projects where projects.host_id = hosts.host_id) desc,
            host_id
        limit 1
        """
    )
    return host


async def _student_with_most_to_do(connection: "asyncpg.Connection[asyncpg.Record]") -> str | None:
    """The student whose pages show most: an open survey, then an open offer, then a placement, then applications."""
    student: str | None = await connection.fetchval(
        """
        select student_id from intake.students
        order by
            exists (
                select from evaluation.surveys_of_placements
                where respondent = 'student' and respondent_id = student_id and state = 'open'
            ) desc,
            exists (
                select from matching.applications
                where applications.student_id = students.student_id and state = 'offered'
            ) desc,
            exists (
                select from matching.applications
                where applications.student_id = students.student_id and state in ('confirmed', 'completed')
            ) desc,
            (select count(*) from intake.applications where applications.student_id = students.student_id) desc,
            student_id
        limit 1
        """
    )
    return student
