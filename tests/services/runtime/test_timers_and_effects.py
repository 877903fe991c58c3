"""Timers fire once, when the programme's time comes; effects act alone and publish what became of it."""

from datetime import timedelta

from shared.contracts.screening import ProjectDeclined
from shared.runtime import UnitsOfWork
from tests.support.probe import Errand, declined, probe, publish_declined, withdrawn
from tests.support.running import Start


async def test_a_timer_waits_for_its_moment_and_then_fires(start: Start) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(withdrawn("P1"))
    assert await screening.published_types() == []
    await screening.step_to(screening.clock() + timedelta(days=1))
    assert await screening.published(ProjectDeclined) == [declined("P1")]


async def test_a_timer_fires_once_though_two_replicas_watch_it(start: Start) -> None:
    screening = await start(probe(publish_declined), replicas=2)
    await screening.receive(*(withdrawn(f"P{number}") for number in range(30)))
    await screening.step_to(screening.clock() + timedelta(days=2))
    assert len(await screening.published(ProjectDeclined)) == 30


async def test_an_effect_that_fails_is_tried_again(start: Start) -> None:
    tries = 0
    screening = await start(probe(publish_declined))

    async def fail_once(effect: Errand, units: UnitsOfWork) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ConnectionRefusedError
        async with units.open() as work:
            work.publish(declined(effect.project_id))

    screening.service.effects[Errand.type] = fail_once
    await screening.receive(withdrawn("P1"))
    await screening.step_to(screening.clock() + timedelta(days=1))
    assert tries == 2
    assert await screening.published_types() == ["ProjectDeclined"]
