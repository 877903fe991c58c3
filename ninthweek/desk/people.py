"""The people as whom whoever looks at a demonstration may come in: those whose pages are fullest."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import asyncpg

from ninthweek.desk import store
from ninthweek.settings import AdministratorUrls
from shared.web.callers import PersonKind

CHOOSING: Final[Mapping[PersonKind, Callable[["store.Administrator"], Awaitable[str | None]]]] = {
    "host": store.host_with_most_to_do,
    "student": store.student_with_most_to_do,
}


async def with_most_to_do(urls: AdministratorUrls) -> dict[PersonKind, str]:
    """The id of a person of each kind, as far as there is any."""
    database = await asyncpg.connect(urls.database)
    try:
        chosen = {kind: await choose(database) for kind, choose in CHOOSING.items()}
    finally:
        await database.close()
    return {kind: person_id for kind, person_id in chosen.items() if person_id is not None}
