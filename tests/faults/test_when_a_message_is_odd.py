"""Properties and headers that nobody needs change nothing: a sound message is handled, whatever stands beside it."""

from shared.broker.topology import EVENTS, SUBMISSIONS
from shared.contracts.directory import outside_system
from shared.contracts.envelope import Envelope, identity
from shared.contracts.intake import HostRegistered
from shared.contracts.message import Message
from shared.contracts.submissions import HostRecord
from tests.faults.conftest import Ledger
from tests.faults.faulty import judged, projects
from tests.support.history import judge
from tests.support.intake import a_host_record
from tests.support.odd import ODDITIES, Oddity
from tests.support.probe import probe, publish_declined, submitted
from tests.support.running import RunningService, Start


async def _publish(
    service: RunningService, oddity: Oddity, message: Message, *, by: str, exchange: str, routing_key: str
) -> None:
    envelope = Envelope(id=oddity.name, source=by, type=message.type, time=service.clock())
    body = message.to_json()
    service.flight.expect([service.service.name], identity(envelope, body))
    out = await service.channel.get_exchange(exchange, ensure=False)
    await out.publish(oddity.message(envelope.to_headers(), body), routing_key)


async def test_a_submission_with_any_of_them_is_answered(start: Start, ledger: Ledger) -> None:
    intake = await start("intake")
    system = outside_system("customer-relations")
    assert system is not None
    key = system.routing_key(HostRecord)
    hosts = [f"H{number}" for number in range(len(ODDITIES))]
    for oddity, host in zip(ODDITIES, hosts, strict=True):
        record = a_host_record(host_id=host)
        await _publish(intake, oddity, record, by=system.name, exchange=SUBMISSIONS, routing_key=key)
    ledger.injected("odd submission", len(ODDITIES))
    await intake.quiet()
    ledger.judged(judge(hosts, [event.host_id for event in await intake.published(HostRegistered)]))
    assert await intake.failures() == []


async def test_an_event_with_any_of_them_is_handled(start: Start, ledger: Ledger) -> None:
    screening = await start(probe(publish_declined))
    sent = projects(len(ODDITIES))
    for oddity, project in zip(ODDITIES, sent, strict=True):
        event = submitted(project)
        await _publish(screening, oddity, event, by="intake", exchange=EVENTS, routing_key=event.routing_key)
    ledger.injected("odd event", len(ODDITIES))
    ledger.judged(await judged(screening, sent))
