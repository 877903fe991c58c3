"""Screening with people before it, each in a browser of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from shared.web.callers import Role
from tests.services.screening.reviewing import ReviewPages
from tests.support.running import RunningService, Start
from tests.support.visitors import browser, staff


@pytest.fixture
async def screening(start: Start) -> RunningService:
    return await start("screening")


@pytest.fixture
async def pages(screening: RunningService) -> AsyncIterator[ReviewPages]:
    """Two reviewers, a member of staff and a viewer; each has been here once."""
    here = ReviewPages(screening)
    async with AsyncExitStack() as stack:

        async def seat(role: Role, who: str) -> None:
            client = await stack.enter_async_context(browser(screening.replicas, staff(role, who)))
            here.browsers[who] = client
            assert (await client.get("/staff/screening")).status_code == 200

        await seat(Role.REVIEWER, "hana")
        await seat(Role.REVIEWER, "mateo")
        await seat(Role.STAFF, "quinn")
        await seat(Role.VIEWER, "vera")
        yield here
