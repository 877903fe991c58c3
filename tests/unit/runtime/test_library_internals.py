"""The internals of libraries on which delivery relies: where one is gone, the versions in pyproject.toml are too new.

Every other part of these libraries is used as they document it.
"""

import inspect
import tomllib
from pathlib import Path

import aiormq
import pytest
from aio_pika import Connection, RobustChannel
from aiormq.connection import FrameReceiver, TransportFactory
from faststream._internal.broker.registrator import Registrator
from faststream._internal.endpoint.subscriber.call_item import CallsCollection
from faststream.rabbit import RabbitBroker
from faststream.rabbit.subscriber.usecase import RabbitSubscriber
from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


def source(of: object) -> str:
    return inspect.getsource(of)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["faststream", "aio-pika", "aiormq"])
def test_the_versions_have_an_upper_bound(name: str) -> None:
    listed = tomllib.loads(PROJECT.read_text())["project"]["dependencies"]
    (requirement,) = [Requirement(line) for line in listed if Requirement(line).name == name]
    assert {part.operator for part in requirement.specifier} == {">=", "<"}


def test_faststream_finds_the_queue_and_does_not_consume_without_handlers() -> None:
    assert "self._queue_obj = queue = await declarer.declare_queue" in source(RabbitSubscriber.start)
    assert "if self.calls:" in source(RabbitSubscriber.start)
    assert not CallsCollection()


def test_faststream_connects_as_it_is_told_and_knows_a_subscriber_made_by_others() -> None:
    assert "connect_robust(**self._connection_kwargs)" in source(RabbitBroker)
    broker = RabbitBroker()
    assert broker.subscribers == []
    Registrator.subscriber(broker, marker := RabbitSubscriber.__new__(RabbitSubscriber))
    assert broker.subscribers == [marker]


def test_aio_pika_limits_a_channel_that_it_opens_again_as_before() -> None:
    assert "prefetch_count=self._prefetch_count" in source(RobustChannel._on_open)
    assert "**self.kwargs" in source(Connection.connect)


def test_aiormq_reads_what_a_transport_of_ours_gives_it() -> None:
    assert list(inspect.signature(TransportFactory.create).parameters) == ["self", "url", "kwargs"]
    assert "ssl_context_provider=" in source(aiormq.Connection.connect)
    assert "self.reader.readexactly" in source(FrameReceiver.get_frame)


def test_aiormq_knows_what_was_published_by_its_numbers() -> None:
    """The publisher writes the frames of a whole batch, and expects the confirmations as aiormq itself does."""
    published = source(aiormq.Channel.basic_publish)
    for inner in ("self.delivery_tag += 1", "self.confirmations[", "self.message_id_delivery_tag[", "self.write_queue"):
        assert inner in published, inner
