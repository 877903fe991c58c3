"""What cannot be handled is kept whole, published once as failed, and goes back to its service when staff retry it."""

import aio_pika
import pytest

from shared.broker.topology import EVENTS, SUBMISSIONS
from shared.clock import system_time
from shared.contracts.envelope import Envelope
from shared.contracts.every_service import MessageFailed
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import Work, incoming
from shared.runtime.failures import decisions, error_handler
from tests.support.probe import probe, publish_declined, submitted
from tests.support.running import RunningService, Start


@pytest.fixture
def no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first error makes a failure."""
    monkeypatch.setattr(error_handler, "RETRIES", ())


async def fail(event: ProjectSubmitted, work: Work) -> None:
    raise ValueError(f"{event.supervisor_name} {work.now}")


async def _deliver(service: RunningService, message: aio_pika.Message, *, exchange: str = EVENTS) -> None:
    """Publish what the contracts know nothing of, and wait until it is among the failures."""
    known = len(await service.failures())
    target = await service.channel.get_exchange(exchange, ensure=False)
    await target.publish(message, "project.submitted")
    while len(await service.failures()) == known:
        await service.quiet()


@pytest.mark.usefixtures("no_retries")
async def test_what_keeps_failing_is_kept_whole_and_published_without_personal_data(start: Start) -> None:
    screening = await start(probe(fail))
    await screening.receive(submitted("P1"), identifier="bad")
    (failure,) = await screening.failures()
    assert failure["body"] == submitted("P1").to_json()
    assert failure["message_id"] == "bad"
    assert failure["attempts"] == 1
    assert "Quinn" not in failure["error"]
    assert failure["error"].startswith("ValueError in fail (test_failures.py:")
    (published,) = await screening.published(MessageFailed)
    assert (published.service, published.message_id, published.error) == ("screening", "bad", failure["error"])


@pytest.mark.usefixtures("no_retries")
async def test_a_failure_that_is_retried_is_handled_once_by_its_service(start: Start) -> None:
    service = probe(fail)
    screening = await start(service)
    await screening.receive(submitted("P1"))
    (failure,) = await screening.failures()
    handler = service.handlers[ProjectSubmitted.type]
    service.handlers[ProjectSubmitted.type] = type(handler)(handler.message, publish_declined, handler.changes)
    assert await decisions.retry(screening.connection, "screening", failure["id"], at=system_time())
    assert not await decisions.retry(screening.connection, "screening", failure["id"], at=system_time())
    await screening.quiet()
    assert await screening.published_types() == ["MessageFailed", "ProjectDeclined"]
    assert [row["state"] for row in await screening.failures()] == ["retried"]


@pytest.mark.usefixtures("no_retries")
async def test_a_failure_that_is_retried_in_vain_waits_again(start: Start) -> None:
    screening = await start(probe(fail))
    await screening.receive(submitted("P1"))
    (failure,) = await screening.failures()
    await decisions.retry(screening.connection, "screening", failure["id"], at=system_time())
    await screening.quiet()
    (failure,) = await screening.failures()
    assert (failure["state"], failure["attempts"]) == ("waiting", 2)


async def test_a_discarded_failure_stays_on_record_and_can_be_retried_after_all(start: Start) -> None:
    screening = await start(probe(publish_declined))
    await _deliver(screening, aio_pika.Message(b"{}", headers={}))
    (failure,) = await screening.failures()
    assert await decisions.discard(screening.connection, failure["id"], at=system_time())
    assert not await decisions.discard(screening.connection, failure["id"], at=system_time())
    assert [row["state"] for row in await screening.failures()] == ["discarded"]
    assert await decisions.retry(screening.connection, "screening", failure["id"], at=system_time())
    assert not await decisions.retry(screening.connection, "screening", failure["id"], at=system_time())


def _envelope(**changes: str) -> dict[str, str]:
    event = submitted("P1")
    envelope = Envelope(id="e1", source="intake", type=event.type, time=system_time())
    return {**envelope.to_headers(), **changes}


@pytest.mark.parametrize(
    ("headers", "body", "error"),
    [
        ({}, b"{}", "ce-id"),
        ({"ce-time": "yesterday"}, b"{}", "ce-time"),
        ({"ce-type": "ninthweek.Unknown.v1"}, b"{}", "ce-type"),
        ({"ce-type": "ninthweek.ApplicationReceived.v1"}, b"{}", "ce-type"),
        ({"ce-type": "ninthweek.Reminder.v1"}, b'{"project_id":"P1"}', "ce-type"),
        ({"ce-id": "e1"}, b"{not json", "body"),
        ({"ce-id": "e1"}, b'{"title": "\xff\xfe"}', "body"),
        ({"ce-id": "e1"}, b'{"title": 7}', "title"),
        ({"ce-id": "e1"}, rb'{"title": "\u0000"}', "U+0000"),
        ({"ce-id": "e1"}, b" " * (incoming.LARGEST_BODY + 1), "body"),
        ({"ce-id": "e1"}, b"x" * 10_000_000, "body"),
    ],
    ids=[
        "no envelope",
        "no time",
        "unknown type",
        "a type of another's",
        "a timer from outside",
        "no JSON",
        "no UTF-8",
        "mistyped",
        "unstorable",
        "too large",
        "10 MB",
    ],
)
async def test_what_breaks_its_contract_is_a_failure_at_once_and_the_service_goes_on(
    start: Start, headers: dict[str, str], body: bytes, error: str
) -> None:
    screening = await start(probe(publish_declined))
    await _deliver(screening, aio_pika.Message(body, headers=dict(_envelope(**headers) if headers else {})))
    (failure,) = await screening.failures()
    assert error in failure["error"]
    assert failure["body"] == body
    await screening.receive(submitted("P2"))
    assert await screening.published_types() == ["MessageFailed", "ProjectDeclined"]


async def test_headers_of_a_return_are_believed_on_the_services_own_exchange_alone(start: Start) -> None:
    screening = await start(probe(publish_declined))
    forged = {**_envelope(), "ninthweek-attempts": "99", "ninthweek-exchange": SUBMISSIONS}
    target = await screening.channel.get_exchange(EVENTS, ensure=False)
    await target.publish(aio_pika.Message(submitted("P1").to_json(), headers=dict(forged)), "project.submitted")
    while not await screening.published_types():
        await screening.quiet()
    assert await screening.published_types() == ["ProjectDeclined"]


async def test_attributes_that_no_table_holds_are_a_failure_and_the_service_goes_on(start: Start) -> None:
    screening = await start(probe(publish_declined))
    headers = {**_envelope(), "ce-id": "e\x001", "ce-extra\x00": "x"}
    await _deliver(screening, aio_pika.Message(submitted("P1").to_json(), headers=dict(headers)))
    (failure,) = await screening.failures()
    assert "ce-id" in failure["error"]
    await screening.receive(submitted("P2"))
    assert await screening.published_types() == ["MessageFailed", "ProjectDeclined"]
