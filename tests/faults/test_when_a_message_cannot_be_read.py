"""A message with odd properties, or one that cannot be handed over at all, does no harm to those beside it.

The properties here are harmless, but Python's client libraries do not decode them: aiormq gives up its connection. A
link that loses a message with its connection stands in for a broker that cannot hand the message over.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ninthweek.servers.server import Broker
from shared.broker.topology import EVENTS, dead_letter_queue
from shared.clock import system_time
from shared.contracts.envelope import Envelope, identity
from shared.contracts.every_service import QueueStuck
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.screening import ProjectDeclined
from shared.runtime import channel_recovery
from tests.faults.conftest import Ledger
from tests.faults.faulty import judged, projects, send, until_not_ready, until_ready
from tests.faults.wire import PLAIN, Odd, publish_raw
from tests.support.history import judge
from tests.support.network import Link, link_to
from tests.support.probe import probe, publish_declined, submitted
from tests.support.running import RunningService, Start
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("killable servers")

NEVER = "never-handed-over"
DEAD = dead_letter_queue("screening")
LATIN = "Zoë".encode("latin-1")

ODD = {
    "text of a property in Latin-1": Odd(application=LATIN),
    "text of a header in Latin-1": Odd(headers={b"x-who": LATIN}),
    "name of a header in Latin-1": Odd(headers={LATIN: b"1"}),
    "a time in microseconds": Odd(timestamp=1_800_000_000_000_000),
    "a time in nanoseconds": Odd(timestamp=1_800_000_000_000_000_000),
    "a time before 1970": Odd(timestamp=-86_400),
    "a zero date": Odd(timestamp=-62_135_596_800),
}


@pytest.fixture
async def few_deliveries(broker: Broker) -> AsyncIterator[None]:
    """The broker gives up on a message sooner than by our queues' own limit."""
    limit = '{"delivery-limit": 8}'
    await asyncio.to_thread(broker.control, "set_policy", "few", "^screening$", limit, "--apply-to", "queues")
    yield
    await asyncio.to_thread(broker.control, "clear_policy", "few")


@pytest.fixture
async def link(broker: Broker) -> AsyncIterator[Link]:
    async with link_to(broker.url) as link:
        yield link


async def _publish(service: RunningService, project_id: str, odd: Odd = PLAIN, *, is_expected: bool = True) -> None:
    event = submitted(project_id)
    envelope = Envelope(id=project_id, source="intake", type=event.type, time=system_time())
    body = event.to_json()
    if is_expected:
        service.flight.expect([service.service.name], identity(envelope, body))
    properties = odd.beside(envelope.to_headers())
    await publish_raw(service.channel, EVENTS, ProjectSubmitted.routing_key, properties, body)


async def _until_failed(service: RunningService) -> dict[str, Any]:
    """The one message that is kept among the failures, once it is."""

    async def is_kept() -> bool:
        return bool(await service.failures())

    await until(is_kept)
    (failure,) = await service.failures()
    return failure


@pytest.mark.parametrize("kind", ODD)
async def test_when_a_property_is_odd_its_message_is_handled_and_so_are_those_beside_it(
    start_on_either: Start, ledger: Ledger, kind: str
) -> None:
    sent = projects(40)
    screening = await start_on_either(probe(publish_declined))
    await send(screening, sent[:20])
    await _publish(screening, "odd", ODD[kind])
    await send(screening, sent[20:])
    ledger.injected(f"message with {kind}")
    ledger.judged(await judged(screening, [*sent, "odd"]))
    assert await screening.connection.fetchval("select count(*) from suspects") == 0


async def test_when_an_attribute_of_the_envelope_is_odd_the_message_is_kept_whole(
    start_on_either: Start, ledger: Ledger
) -> None:
    screening = await start_on_either(probe(publish_declined))
    await _publish(screening, "odd", Odd(headers={b"ce-subject": LATIN}), is_expected=False)
    ledger.injected("envelope in Latin-1")
    failure = await _until_failed(screening)
    assert "ce-subject" in failure["error"]
    assert failure["body"] == submitted("odd").to_json()
    assert failure["headers"]["ce-subject"] == ascii(LATIN)
    assert failure["headers"]["ce-id"] == "odd"


async def test_when_a_message_cannot_be_handed_over_nothing_else_is_counted_with_it(
    link: Link, start_on_either: Start, few_deliveries: None, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is delivered alone until the broker gives it up; meanwhile the service reports that it makes no progress."""
    monkeypatch.setattr("shared.runtime.broker.RECONNECT_EVERY", 0.05)
    monkeypatch.setattr("shared.runtime.replica.RECONNECT_EVERY", 0.2)
    sent = projects(40)
    screening = await start_on_either(probe(publish_declined), to_broker=link)
    link.lose_answer(NEVER.encode(), times=1_000)
    await _publish(screening, NEVER, is_expected=False)
    await send(screening, sent)
    ledger.injected("message that cannot be handed over")
    await until_not_ready(screening, "of queue screening ")
    await until_not_ready(screening, f"of queue {DEAD} ")

    async def all_else_is_done() -> bool:
        return len(await screening.published(ProjectDeclined)) >= len(sent)

    await until(all_else_is_done)
    link.heal()
    ledger.over()
    failure = await _until_failed(screening)
    assert (failure["message_id"], failure["state"]) == (NEVER, "waiting")
    assert "delivered again and again" in failure["error"]
    ledger.judged(judge(sent, [event.project_id for event in await screening.published(ProjectDeclined)]))
    assert [event.queue_id for event in await screening.published(QueueStuck)] == ["screening", DEAD]
    monkeypatch.setattr(channel_recovery, "STABLE_AFTER", 0.0)
    await until_ready(screening)
