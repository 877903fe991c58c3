"""A running screening, and people who use it, each in their own browser."""

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
    """The browsers of two reviewers, a member of staff and a viewer; each has opened the queue once."""
    review_pages = ReviewPages(screening)
    async with AsyncExitStack() as stack:

        async def sign_in(role: Role, who: str) -> None:
            client = await stack.enter_async_context(browser(screening.replicas, staff(role, who)))
            review_pages.browsers[who] = client
            assert (await client.get("/staff/screening")).status_code == 200

        await sign_in(Role.REVIEWER, "hana")
        await sign_in(Role.REVIEWER, "mateo")
        await sign_in(Role.STAFF, "quinn")
        await sign_in(Role.VIEWER, "vera")
        yield review_pages
