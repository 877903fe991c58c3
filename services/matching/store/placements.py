"""The search for placements and offers."""

from services.matching.rules.placements import STATES, Found, Wanted
from services.matching.store.applications import application_of
from shared.database.connection import Connection


async def search(connection: Connection, wanted: Wanted, number: int, *, size: int) -> tuple[list[Found], int]:
    """A page of what was found, by first day and student's name, and how many were found in all.

    `number` is the page's, from 1 on; a number beyond the last page gives the last page.
    """
    rows = await connection.fetch(
        """
        with found as (
            select
                applications_in_full.*,
                coalesce(students.name, applications_in_full.student_id) as student,
                coalesce(projects.title, applications_in_full.project_id) as title,
                coalesce(hosts.organisation, applications_in_full.host_id) as organisation
            from applications_in_full
            left join students using (student_id)
            left join projects using (project_id)
            left join hosts on hosts.host_id = applications_in_full.host_id
            where made_at is not null
              and state = any($1)
              and ($2 = '' or applications_in_full.round_id = $2)
              and ($3::date is null or applications_in_full.starts_on between $3 and $4)
              and concat_ws(
                  ' ', application_id, applications_in_full.student_id, students.name, project_id, projects.title,
                  applications_in_full.host_id, hosts.organisation
              ) ilike all ($5::text[])
        ),
        counted as (select count(*) as total from found)
        select found.*, total from found cross join counted
        order by starts_on, student, application_id
        limit $6 offset $6 * (select least($7, greatest(total - 1, 0) / $6) from counted)
        """,
        list(STATES[wanted.shown]),
        wanted.round_id,
        wanted.week.starts_on if wanted.week else None,
        wanted.week.ends_on if wanted.week else None,
        [_containing(word) for word in wanted.words],
        size,
        number - 1,
    )
    found = [Found(application_of(row), row["student"], row["title"], row["organisation"]) for row in rows]
    return found, rows[0]["total"] if rows else 0


def _containing(word: str) -> str:
    """The pattern for texts that contain a word; characters that are special in patterns are escaped."""
    escaped = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
