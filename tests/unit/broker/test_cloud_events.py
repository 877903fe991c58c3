"""The codec of outside systems, held against the envelope that the services read and write."""

from datetime import UTC, datetime

import pytest
from aio_pika import DeliveryMode
from cloudevents.core.exceptions import CloudEventValidationError
from faststream import StreamMessage
from pydantic import ValidationError

from shared.broker.cloud_events import CloudEventCodec, binary_message
from shared.contracts.envelope import CONTENT_TYPE, Envelope
from shared.contracts.intake import HostRegistered, ProjectWithdrawn
from tests.support.examples import host_registered, project_withdrawn
from tests.support.publishing import on_the_wire

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CODEC = CloudEventCodec("intake", {HostRegistered.type: HostRegistered})


def received(body: bytes, **headers: str) -> StreamMessage[None]:
    return StreamMessage(None, body, headers=dict(headers))


def test_what_is_written_is_the_envelope_that_services_read() -> None:
    moment = datetime(2027, 5, 21, 9, tzinfo=UTC)
    envelope = Envelope("e1", "intake", HostRegistered.type, moment, subject="host/H0001", sequence=1)
    message = on_the_wire(envelope, host_registered())
    assert message.headers == envelope.to_headers()
    assert message.body == host_registered().to_json()
    assert message.message_id == "e1"
    assert message.content_type == CONTENT_TYPE
    assert message.delivery_mode is DeliveryMode.PERSISTENT


def test_an_event_has_an_id_and_a_time_of_its_own_unless_they_are_given() -> None:
    one, other = CODEC.encode(host_registered()), CODEC.encode(host_registered(), subject=None, traceparent=TRACE)
    assert one.message_id != other.message_id
    assert Envelope.from_headers(one.headers).time.tzinfo is not None
    assert Envelope.from_headers(other.headers).trace_parent == TRACE
    assert "ce-subject" not in other.headers


async def test_what_is_received_is_read_by_its_type() -> None:
    event = host_registered()
    assert await CODEC.decode(received(event.to_json(), **{"ce-type": HostRegistered.type})) == event


@pytest.mark.parametrize("headers", [{"ce-type": ProjectWithdrawn.type}, {}])
async def test_a_type_without_a_model_is_named(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="there is no model for the type"):
        await CODEC.decode(received(b"{}", **headers))


async def test_a_body_that_breaks_its_contract_is_not_taken() -> None:
    with pytest.raises(ValidationError):
        await CODEC.decode(received(b"{}", **{"ce-type": HostRegistered.type}))


def test_an_event_that_the_codec_does_not_have_is_not_written() -> None:
    with pytest.raises(KeyError):
        CODEC.encode(project_withdrawn())


def test_every_attribute_at_fault_is_named() -> None:
    with pytest.raises(CloudEventValidationError, match=r"(?s)source.*type"):
        binary_message(b"{}", id="e1", source="", type="")
