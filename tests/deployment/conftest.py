"""The programme in containers, where somebody has brought it up."""

import pytest

from tests.deployment.programme import Programme, programme_that_is_up


@pytest.fixture(scope="session")
def programme() -> Programme:
    up = programme_that_is_up()
    if up is None:
        pytest.skip("the programme is not up in containers: docker compose up --build --wait")
    return up
