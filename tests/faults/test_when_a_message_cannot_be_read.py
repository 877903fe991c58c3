"""No property of one message, and not one that cannot be handed over at all, is to the harm of those beside it.

The properties here are harmless, but such as client libraries of Python do not decode: aiormq gives up its connection
for them. That a broker cannot hand a message over is played by a link that loses it with its connection.
"""

from collections.abc import AsyncIterator

import pytest

from shared.broker.topology import EVENTS, dead_letter_queue
from shared.clock import system_time
from shared.contracts.envelope import Envelope, identity
from shared.contracts.every_service import MessageFailed
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import caution
from shared.servers.server import Broker
from tests.faults.conftest import Ledger
from tests.support.faulty import judged, projects, send, until_ready, until_why
from tests.support.network import Link, link_to
from tests.support.probe import probe, say_declined, submitted
from tests.support.running import RunningService, Start
from tests.support.waiting import until
from tests.support.wire import encoded, publish_raw

pytestmark = pytest.mark.xdist_group("mortal servers")

LATIN = "Zoë".encode("latin-1")

ODD = {
    "text of a property in Latin-1": {"application": LATIN},
    "text of a header in Latin-1": {"headers": {b"x-who": LATIN}},
    "name of a header in Latin-1": {"headers": {LATIN: b"1"}},
    "a time in microseconds": {"timestamp": 1_800_000_000_000_000},
    "a time in nanoseconds": {"timestamp": 1_800_000_000_000_000_000},
    "a time before 1970": {"timestamp": -86_400},
    "a zero date": {"timestamp": -62_135_596_800},
}


@pytest.fixture
async def link(broker: Broker) -> AsyncIterator[Link]:
    async with link_to(broker.url) as link:
        yield link


async def _publish_odd(service: RunningService, project_id: str, *, expected: bool = True, **odd: object) -> None:
    event = submitted(project_id)
    envelope = Envelope(id=project_id, source="intake", type=event.type, time=system_time())
    body = event.to_json()
    headers = {name.encode(): value.encode() for name, value in envelope.to_headers().items()}
    headers |= odd.pop("headers", {})  # type: ignore[arg-type]
    if expected:
        service.flight.expect([service.service.name], identity(envelope, body))
    properties = encoded(headers, **odd)  # type: ignore[arg-type]
    await publish_raw(service.channel, EVENTS, ProjectSubmitted.routing_key, properties, body)


@pytest.mark.parametrize("kind", ODD)
async def test_when_a_property_is_odd_its_message_is_handled_and_so_are_those_beside_it(
    start_on_either: Start, ledger: Ledger, kind: str
) -> None:
    sent = projects(40)
    screening = await start_on_either(probe(say_declined))
    await send(screening, sent[:20])
    await _publish_odd(screening, "odd", **ODD[kind])
    await send(screening, sent[20:])
    ledger.injected(f"message with {kind}")
    ledger.judged(await judged(screening, [*sent, "odd"]))
    assert await screening.connection.fetchval("select count(*) from suspects") == 0


async def test_when_an_attribute_of_the_envelope_is_odd_the_message_is_kept_whole(
    start_on_either: Start, ledger: Ledger
) -> None:
    screening = await start_on_either(probe(say_declined))
    await _publish_odd(screening, "odd", expected=False, headers={b"ce-subject": LATIN})
    ledger.injected("envelope in Latin-1")

    async def is_kept() -> bool:
        return bool(await screening.failures())

    await until(is_kept)
    (failure,) = await screening.failures()
    assert "ce-subject" in failure["error"]
    assert failure["body"] == submitted("odd").to_json()
    assert failure["headers"]["ce-subject"] == ascii(LATIN)
    assert failure["headers"]["ce-id"] == "odd"


async def test_when_a_message_cannot_be_handed_over_nothing_else_is_counted_with_it(
    start_on_either: Start, broker: Broker, link: Link, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is delivered alone until the broker gives it up; meanwhile the service says that it gets no further."""
    monkeypatch.setattr("shared.runtime.broker.RECONNECT_EVERY", 0.01)
    sent = projects(40)
    screening = await start_on_either(probe(say_declined), to_broker=link)
    link.lose_answer(b"cannot be handed over", times=1_000)
    await _publish_odd(screening, "cannot be handed over", expected=False)
    await send(screening, sent)
    ledger.injected("message that cannot be handed over")
    await until_why(screening, "times in a row")

    async def is_given_up() -> bool:
        dead = await screening.channel.declare_queue(dead_letter_queue("screening"), passive=True)
        return dead.declaration_result.message_count == 1

    await until(is_given_up)
    ledger.over()
    monkeypatch.setattr(caution, "CALM_AFTER", 0.0)
    await until_ready(screening)
    (told,) = await screening.said(MessageFailed)
    assert "screening" in told.error
    ledger.judged(await judged(screening, sent))
