"""What staff see of queues and failures, and what they decide."""

import aio_pika
import pytest

from ninthweek.settings import AdministratorUrls, SettingFaulty
from ninthweek.staff_tools.failures import decide, list_failures, show_failure
from ninthweek.staff_tools.queues import ServiceState, states
from shared.broker.topology import EVENTS
from shared.clock import system_time
from shared.contracts.envelope import Envelope, identity
from tests.support.probe import probe, publish_declined, submitted, withdrawn
from tests.support.running import RunningService, Start


@pytest.fixture
def urls(test_database_url: str, amqp_url: str) -> AdministratorUrls:
    return AdministratorUrls(test_database_url, amqp_url)


async def _state(urls: AdministratorUrls, service: str) -> ServiceState:
    return next(state for state in await states(urls) if state.service == service)


async def _fail(screening: RunningService) -> None:
    exchange = await screening.channel.get_exchange(EVENTS, ensure=False)
    await exchange.publish(aio_pika.Message(b"{}", headers={"ce-id": "broken"}), "project.submitted")
    while not await screening.failures():
        await screening.quiet()


async def test_a_service_that_is_up_to_date_has_nothing_waiting(start: Start, urls: AdministratorUrls) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(submitted("P1"), withdrawn("P2"))
    state = await _state(urls, "screening")
    assert (state.waiting, state.consumers, state.unsent, state.failures, state.oldest) == (0, 1, 0, 0, None)
    assert state.handled_last_minute == 2
    assert state.timers == 1
    assert state.next_timer is not None


async def test_what_nobody_takes_is_seen_waiting_with_its_age(start: Start, urls: AdministratorUrls) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(submitted("P1"))
    state = await _state(urls, "notifications")
    while state.waiting == 0:  # the broker's counts follow with a delay
        state = await _state(urls, "notifications")
    assert state.consumers == 0
    assert state.oldest is not None


async def test_failures_are_listed_and_shown_whole(start: Start, urls: AdministratorUrls) -> None:
    screening = await start(probe(publish_declined))
    await _fail(screening)
    (listed,) = await list_failures(urls, state="waiting")
    assert listed["name"].startswith("screening/")
    shown = await show_failure(urls, listed["name"])
    assert shown["body"] == b"{}"
    assert shown["headers"] == {"ce-id": "broken"}
    assert (await _state(urls, "screening")).failures == 1


async def test_a_failure_that_is_sent_back_reaches_its_service_alone(start: Start, urls: AdministratorUrls) -> None:
    screening = await start(probe(publish_declined))
    event = submitted("P1")
    headers = Envelope(id="e1", source="intake", type=event.type, time=system_time()).to_headers()
    exchange = await screening.channel.get_exchange(EVENTS, ensure=False)
    await exchange.publish(aio_pika.Message(b"{}", headers=dict(headers)), event.routing_key)
    while not await screening.failures():
        await screening.quiet()
    (listed,) = await list_failures(urls, state="waiting")
    mended = event.to_json()
    known_by = identity(Envelope.from_headers(headers), mended)
    await screening.connection.execute("update failures set body = $1, identity = $2", mended, known_by)
    assert await decide(urls, listed["name"], retry=True)
    assert not await decide(urls, listed["name"], retry=True)
    await screening.quiet()
    assert await screening.published_types() == ["MessageFailed", "ProjectDeclined"]


async def test_a_failure_is_discarded_once(start: Start, urls: AdministratorUrls) -> None:
    screening = await start(probe(publish_declined))
    await _fail(screening)
    (listed,) = await list_failures(urls, state="waiting")
    assert await decide(urls, listed["name"], retry=False)
    assert not await decide(urls, listed["name"], retry=False)
    assert await list_failures(urls, state="waiting") == []
    assert len(await list_failures(urls, state="discarded")) == 1


async def test_a_failure_that_is_not_there_is_told(urls: AdministratorUrls) -> None:
    with pytest.raises(SettingFaulty, match="no failure screening/99"):
        await show_failure(urls, "screening/99")
