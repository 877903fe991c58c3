"""Matching, running against a real broker and a real database."""

import pytest

from tests.services.matching.driver import Matching
from tests.support.running import Start


@pytest.fixture
async def matching(start: Start) -> Matching:
    return Matching(await start("matching"))
