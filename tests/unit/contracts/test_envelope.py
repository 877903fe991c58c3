"""The envelope on the wire, beside the RabbitMQ binding of the `cloudevents` package."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cloudevents.core.bindings import rabbitmq
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.documents.headers import ENVELOPE
from shared.contracts.envelope import CONTENT_TYPE, BrokenEnvelope, Envelope, identity

WORDS = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=60)
MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the offset
    max_value=datetime(8000, 1, 1),  # noqa: DTZ001 - likewise
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=-9, minutes=-30))]),
)
ENVELOPES = st.builds(
    Envelope,
    id=WORDS,
    source=WORDS,
    type=WORDS,
    time=MOMENTS,
    subject=st.none() | WORDS,
    sequence=st.none() | st.integers(min_value=0, max_value=10**12),
    correlation_id=st.none() | WORDS,
    causation_id=st.none() | WORDS,
    trace_parent=st.none() | WORDS,
)
FULL = Envelope("1", "intake", "t", datetime(2027, 5, 21, tzinfo=UTC), "project/P1", 1, "0", "0", "00-1-2-01")


@given(ENVELOPES)
def test_the_headers_are_those_of_the_cloudevents_package(envelope: Envelope) -> None:
    attributes = {name.removeprefix("ce-"): value for name, value in envelope.to_headers().items()}
    event = CloudEvent({**attributes, "time": envelope.time, "datacontenttype": CONTENT_TYPE}, {"days": 5})
    assert rabbitmq.to_binary_event(event).headers == envelope.to_headers()


@given(ENVELOPES)
def test_the_cloudevents_package_reads_the_headers(envelope: Envelope) -> None:
    message = rabbitmq.RabbitMQMessage(envelope.to_headers(), CONTENT_TYPE, b"{}")
    event = rabbitmq.from_binary_event(message)
    assert (event.get_id(), event.get_source(), event.get_type()) == (envelope.id, envelope.source, envelope.type)
    assert (event.get_time(), event.get_subject()) == (envelope.time, envelope.subject)


@given(ENVELOPES)
def test_what_is_written_is_read_again(envelope: Envelope) -> None:
    assert Envelope.from_headers(envelope.to_headers()) == envelope


def test_sequences_are_in_order_as_text() -> None:
    headers = [Envelope("1", "s", "t", FULL.time, sequence=number).to_headers() for number in (2, 10, 9_999_999_999)]
    sequences = [header["ce-sequence"] for header in headers]
    assert sequences == sorted(sequences)


def test_the_published_schema_of_headers_knows_each_of_them() -> None:
    properties = ENVELOPE["properties"]
    assert isinstance(properties, dict)
    assert list(FULL.to_headers()) == list(properties)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce-id", None),
        ("ce-source", ""),
        ("ce-specversion", "0.3"),
        ("ce-type", 7),
        ("ce-time", "yesterday"),
        ("ce-time", "2027-05-21T08:00:00"),
        ("ce-sequence", "-1"),
        ("ce-subject", "x" * 201),
    ],
)
def test_every_header_at_fault_is_named(header: str, value: object) -> None:
    headers = {**FULL.to_headers(), "ce-causationid": "x" * 201, header: value}
    if value is None:
        del headers[header]
    with pytest.raises(BrokenEnvelope) as broken:
        Envelope.from_headers(headers)
    assert set(broken.value.faults) == {header, "ce-causationid"}


def test_another_body_under_the_same_id_is_another_message() -> None:
    assert identity(FULL, b"{}") == identity(FULL, b"{}")
    assert identity(FULL, b"{}") != identity(FULL, b"[]")
