"""A service that has crashed is not waited for."""

import asyncio
from typing import Any
from unittest.mock import Mock, create_autospec
from uuid import uuid4

import pytest

from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.clock import SteppedClock
from ninthweek.demonstration.stage import Stage
from shared.runtime.replica import Replica


@pytest.fixture
async def replica() -> Mock:
    """A replica that has nothing to publish."""
    replica: Mock = create_autospec(Replica, instance=True)
    replica.crash = asyncio.get_running_loop().create_future()
    replica.anything_due.return_value = False
    return replica


@pytest.fixture
def stage(replica: Any) -> Stage:
    unused: Any = None
    return Stage(
        urls=unused,
        clock=SteppedClock(),
        chronicle=Chronicle(["matching"]),
        replicas={"matching": replica},
        staff=unused,
        outside=unused,
    )


async def test_the_error_of_a_service_that_crashes_is_raised_and_not_waited_on(stage: Stage, replica: Mock) -> None:
    stage.chronicle.expect(["matching"], uuid4())
    waiting = asyncio.create_task(stage.quiet())
    await asyncio.sleep(0)
    replica.crash.set_exception(RuntimeError("no name yet"))
    with pytest.raises(RuntimeError, match="no name yet"):
        await waiting


async def test_without_a_crash_it_waits_until_all_is_quiet(stage: Stage) -> None:
    message = uuid4()
    stage.chronicle.expect(["matching"], message)
    waiting = asyncio.create_task(stage.quiet())
    await asyncio.sleep(0)
    assert not waiting.done()
    stage.chronicle.handled("matching", message)
    await waiting
