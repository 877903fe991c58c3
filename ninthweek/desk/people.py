"""The people as whom whoever looks at a demonstration may come in: those whose pages are fullest."""

import asyncpg

from ninthweek.desk import store
from ninthweek.settings import AdministratorUrls
from shared.web.callers import PersonKind


async def with_most_to_do(urls: AdministratorUrls) -> dict[PersonKind, str]:
    """The id of a person of each kind, as far as there is any."""
    database = await asyncpg.connect(urls.database)
    try:
        chosen: dict[PersonKind, str | None] = {
            "host": await store.host_with_most_to_do(database),
            "student": await store.student_with_most_to_do(database),
        }
    finally:
        await database.close()
    return {kind: person_id for kind, person_id in chosen.items() if person_id is not None}
