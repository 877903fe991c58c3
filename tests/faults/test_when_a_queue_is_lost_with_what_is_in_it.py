"""What lay in a queue that was deleted is still in its publisher's outbox, and is sent again when staff say so."""

from datetime import timedelta

import aio_pika
import pytest

from ninthweek.settings import AdministratorUrls
from ninthweek.staff_tools.resending import send_again
from shared.contracts.screening import ProjectDeclined
from shared.runtime.settings import RuntimeSettings
from tests.faults.conftest import Ledger
from tests.support.history import judge
from tests.support.probe import probe, publish_declined, submitted, withdrawn
from tests.support.running import RunningService, Start


@pytest.fixture
def urls(test_database_url: str, amqp_url: str) -> AdministratorUrls:
    return AdministratorUrls(test_database_url, amqp_url)


async def _resend(urls: AdministratorUrls) -> dict[str, int]:
    return await send_again(urls, older_than=timedelta(0), remember=RuntimeSettings().remember)


async def _lose(channel: aio_pika.abc.AbstractChannel, queue: str, messages: int) -> None:
    """Lose so many messages of a queue, once they are there."""
    lost = 0
    while lost < messages:
        purged = await (await channel.get_queue(queue)).purge()
        lost += purged.message_count or 0


async def _bodies(channel: aio_pika.abc.AbstractChannel, queue: str, messages: int) -> list[bytes]:
    """What comes into a queue that nobody else consumes."""
    bodies: list[bytes] = []
    while len(bodies) < messages:
        if message := await (await channel.get_queue(queue)).get(fail=False):
            await message.ack()
            bodies.append(message.body)
    return bodies


async def _stop_taking(service: RunningService) -> None:
    """The service goes on publishing, and consumes nothing more."""
    for replica in service.replicas:
        for subscriber in replica.subscribers:
            await subscriber.stop_consuming()


async def test_events_that_were_lost_on_their_way_to_a_subscriber_are_sent_again(
    start: Start, urls: AdministratorUrls, ledger: Ledger
) -> None:
    screening = await start(probe(publish_declined))
    projects = [f"P{number}" for number in range(20)]
    await screening.receive(*map(submitted, projects))
    await _lose(screening.channel, "intake", len(projects))
    ledger.injected("queue lost")

    assert (await _resend(urls))["intake"] == len(projects)
    for replica in screening.replicas:
        replica.relay.wake()
    bodies = await _bodies(screening.channel, "intake", len(projects))
    received = [ProjectDeclined.from_json(body).project_id for body in bodies]
    ledger.judged(judge(projects, received))


async def test_a_timer_and_an_effect_that_were_lost_in_the_queue_act_once(
    start: Start, urls: AdministratorUrls, ledger: Ledger
) -> None:
    first = await start(probe(publish_declined))
    await first.receive(withdrawn("P1"))
    await _stop_taking(first)
    first.clock.step_to(first.clock() + timedelta(days=1))
    first.replicas[0].relay.wake()
    await _lose(first.channel, "screening", 1)
    ledger.injected("queue lost")

    second = await start(probe(publish_declined))
    assert (await _resend(urls))["screening"] == 1
    second.replicas[0].relay.wake()
    while not (published := await second.published(ProjectDeclined)):
        await second.replicas[0].anything_due()
    await second.quiet()
    ledger.judged(judge(["P1"], [event.project_id for event in published]))
    assert (await _resend(urls))["screening"] == 0


async def test_what_was_handled_is_not_sent_again(start: Start, urls: AdministratorUrls) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(withdrawn("P1"))
    await screening.step_to(screening.clock() + timedelta(days=1))
    assert (await _resend(urls))["screening"] == 0
