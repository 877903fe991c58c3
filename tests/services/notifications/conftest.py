"""Where mails arrive."""

from collections.abc import AsyncIterator

import pytest

from tests.support.mailbox import Mailbox, listening


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with listening() as listens:
        yield listens
