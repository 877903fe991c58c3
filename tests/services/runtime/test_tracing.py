"""Spans as a collector gets them over the wire, from the sender's `traceparent` to the mail."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ninthweek.settings import AdministratorUrls
from ninthweek.staff_tools.failures import decide
from shared import telemetry
from shared.broker.cloud_events import CloudEventCodec
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.message import Submission, type_registry
from shared.contracts.screening import ProjectDeclined
from shared.runtime import Work
from shared.runtime.failures import error_handler
from shared.telemetry import tracing
from shared.web.callers import Role
from tests.services.intake.front_door import FrontDoor
from tests.services.screening.reviewing import ReviewPages
from tests.support.collector import Collector, Span, collecting
from tests.support.examples import round_scheduled
from tests.support.intake import SUBMISSIONS_OPEN, a_host_record, a_proposal
from tests.support.mailbox import Mailbox, listening
from tests.support.probe import probe, publish_declined, submitted
from tests.support.running import RunningService, Start
from tests.support.visitors import browser, staff
from tests.support.waiting import until

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SENDERS_SPAN = "00f067aa0ba902b7"
TRACE_PARENT = f"00-{TRACE_ID}-{SENDERS_SPAN}-01"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Where spans go, from before a service starts."""
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")  # milliseconds
        with tracing():
            yield collector


@pytest.fixture
async def mailbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Mailbox]:
    async with listening() as mailbox:
        monkeypatch.setenv("SMTP_URL", mailbox.url)
        yield mailbox


async def submit(intake: RunningService, submission: Submission, routing_key: str) -> None:
    """As an outside system that traces what it does."""
    codec = CloudEventCodec(routing_key.partition(".")[0], type_registry)
    message = codec.encode(submission, time=SUBMISSIONS_OPEN, traceparent=TRACE_PARENT)
    await intake.broker.publish(message, routing_key, "submissions")


def path_to(span: Span, spans: list[Span]) -> list[Span]:
    """A span and all that stand above it, the innermost first."""
    by_id = {each.span_id: each for each in spans}
    path = [span]
    while path[-1].parent_id in by_id:
        path.append(by_id[path[-1].parent_id])
    return path


def of_the_submission(collector: Collector) -> list[Span]:
    return [span for span in collector.spans if span.trace_id == TRACE_ID]


def paths_to_mails(spans: list[Span]) -> list[list[Span]]:
    return [path_to(span, spans) for span in spans if span.name == "send mail"]


def messages(operation: str, spans: list[Span]) -> set[str]:
    """The messages that have a span of this operation."""
    return {
        span.attributes["messaging.message.id"]
        for span in spans
        if span.attributes.get("messaging.operation.name") == operation
    }


async def test_one_trace_leads_from_a_submission_to_the_mail(
    collector: Collector, mailbox: Mailbox, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCUMENTS_URL", tmp_path.as_uri())
    intake, screening, _ = [await start(name) for name in ("intake", "screening", "notifications")]
    await FrontDoor(intake).schedule()
    await intake.submit("customer-relations", a_host_record())

    async def knows_host_and_round() -> bool:
        known = "select exists (select from hosts) and exists (select from rounds)"
        return bool(await screening.connection.fetchval(known))

    await until(knows_host_and_round)
    async with browser(screening.replicas, staff(Role.STAFF, "quinn")) as quinn:
        assert (await ReviewPages(screening, {"quinn": quinn}).set_rule()).status_code == 303

    await submit(intake, a_proposal(), "customer-relations.project")

    async def is_complete() -> bool:
        spans = of_the_submission(collector)
        return any(len(path) == 8 for path in paths_to_mails(spans)) and messages("create", spans) == messages(
            "send", spans
        )

    await until(is_complete)
    spans = of_the_submission(collector)
    (path,) = [path for path in paths_to_mails(spans) if len(path) == 8]
    assert [(span.service, span.kind, span.name) for span in reversed(path)] == [
        ("intake", "CONSUMER", "process submissions:customer-relations.project:intake"),
        ("intake", "PRODUCER", "create events:project.submitted"),
        ("screening", "CONSUMER", "process events:project.submitted:screening"),
        ("screening", "PRODUCER", "create events:project.approved"),
        ("notifications", "CONSUMER", "process events:project.approved:notifications"),
        ("notifications", "PRODUCER", "create notifications:effects"),
        ("notifications", "CONSUMER", "process notifications:effects:notifications.effects"),
        ("notifications", "CLIENT", "send mail"),
    ]
    assert path[-1].parent_id == SENDERS_SPAN
    _check_messages(spans)
    assert "hana" not in collector.texts().lower()  # host, supervisor and address
    assert "river" not in collector.texts().lower()  # title and scope
    assert not any(span.failed for span in spans)


def _check_messages(spans: list[Span]) -> None:
    """Each message was created, sent and handled, each time as a child of its creation and linked to it."""
    created = {span.attributes["messaging.message.id"]: span for span in spans if span.kind == "PRODUCER"}
    for span in spans:
        if "messaging.system" not in span.attributes or span.kind == "PRODUCER":
            continue
        creation = created.get(span.attributes["messaging.message.id"])
        assert span.parent_id == (creation.span_id if creation else SENDERS_SPAN)
        assert span.links == [span.parent_id]
        assert span.attributes["messaging.system"] == "rabbitmq"
        assert (
            span.name
            == f"{span.attributes['messaging.operation.name']} {span.attributes['messaging.destination.name']}"
        )


async def test_what_a_request_publishes_belongs_to_its_trace(collector: Collector, start: Start) -> None:
    intake = await start("intake")
    calendar = round_scheduled().model_dump(mode="json", exclude={"round_version"})

    await intake.http.post("/rounds", json=calendar, headers={"traceparent": TRACE_PARENT})

    async def is_sent() -> bool:
        return bool(collector.named("send events:round.scheduled") and collector.named("POST /rounds"))

    await until(is_sent)
    (request,) = collector.named("POST /rounds")
    (created,) = collector.named("create events:round.scheduled")
    assert (request.service, request.kind, request.parent_id) == ("intake", "SERVER", SENDERS_SPAN)
    assert created.parent_id == request.span_id
    assert request.attributes["http.response.status_code"] == "201"


async def test_a_request_is_known_by_its_route_and_not_by_its_path(collector: Collector, start: Start) -> None:
    intake = await start("intake")

    await intake.http.get("/hosts/H-of-Hana?email=hana@museum.example", headers={"traceparent": TRACE_PARENT})

    async def is_there() -> bool:
        return any(span.kind == "SERVER" for span in collector.spans)

    await until(is_there)
    assert "hana" not in collector.texts().lower()


async def test_a_message_that_is_tried_again_keeps_its_creation_context(
    collector: Collector, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(error_handler, "RETRIES", (timedelta(),))
    tried: list[str] = []

    async def fail_first(event: ProjectSubmitted, work: Work) -> None:
        tried.append(event.project_id)
        if len(tried) <= 2:  # in its group, then alone
            raise ValueError(event.supervisor_name)
        await publish_declined(event, work)

    screening = await start(probe(fail_first))
    codec = CloudEventCodec("intake", type_registry)
    message = codec.encode(submitted("P1"), traceparent=TRACE_PARENT)
    await screening.broker.publish(message, ProjectSubmitted.routing_key, "events")

    async def is_declined() -> bool:
        return bool(collector.named("send events:project.declined"))

    await until(is_declined)
    tries = collector.named("process events:project.submitted:screening")
    assert [(span.parent_id, span.failed, span.attributes.get("error.type")) for span in tries] == [
        (SENDERS_SPAN, True, "ValueError"),
        (SENDERS_SPAN, True, "ValueError"),
        (SENDERS_SPAN, False, None),
    ]
    (again,) = collector.named("send screening:messages")
    assert again.parent_id == SENDERS_SPAN
    assert "Quinn" not in collector.texts()


async def test_a_message_without_an_envelope_that_staff_send_back_is_sent_in_a_span(
    collector: Collector, start: Start, test_database_url: str, amqp_url: str
) -> None:
    screening = await start(probe(publish_declined))
    await screening.broker.publish(b"{}", ProjectSubmitted.routing_key, "events")

    async def has_failed() -> bool:
        return bool(await screening.failures())

    await until(has_failed)
    (failure,) = await screening.failures()
    await decide(AdministratorUrls(test_database_url, amqp_url), f"screening/{failure['id']}", retry=True)

    async def is_sent() -> bool:
        return bool(collector.named("send screening:messages"))

    await until(is_sent)


async def test_spans_that_no_collector_takes_keep_nobody_waiting(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    with tracing():
        monkeypatch.setattr("shared.telemetry.spans.CLOSE_WITHIN", 0.1)
        screening = await start(probe(publish_declined))
        await screening.receive(submitted("P1"))
        assert await screening.published_types() == ["ProjectDeclined"]
    assert telemetry._spans is None


async def test_without_an_endpoint_the_senders_trace_is_passed_on_as_it_came(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in telemetry.ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    with tracing():
        screening = await start(probe(publish_declined))
        message = CloudEventCodec("intake", type_registry).encode(submitted("P1"), traceparent=TRACE_PARENT)
        await screening.broker.publish(message, ProjectSubmitted.routing_key, "events")

        async def is_published() -> bool:
            return bool(await screening.published(ProjectDeclined))

        await until(is_published)
    carried = await screening.connection.fetchval("select headers->>'ce-traceparent' from outbox")
    assert carried == TRACE_PARENT
