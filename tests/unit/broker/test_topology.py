"""The broker's topology, from who publishes and subscribes to what."""

import pytest

from shared.broker.topology import ServiceQueue, topology
from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES, Card

TOPOLOGY = topology()
BINDINGS = {(binding.exchange, binding.routing_key, binding.queue) for binding in TOPOLOGY.bindings}
every_service = pytest.mark.parametrize("card", SERVICES, ids=lambda card: card.name)


def test_every_binding_is_of_an_exchange_and_a_queue_that_are_declared() -> None:
    exchanges = {exchange.name for exchange in TOPOLOGY.exchanges}
    queues = {queue.name for queue in TOPOLOGY.queues}
    assert {exchange for exchange, _, _ in BINDINGS} == exchanges
    assert {queue for _, _, queue in BINDINGS} == queues


@every_service
def test_a_service_gets_what_its_card_subscribes_to_and_nothing_else(card: Card) -> None:
    bound = {key for exchange, key, queue in BINDINGS if exchange == "events" and queue == card.name}
    assert bound == {event.routing_key for event in card.subscribes_to}


def test_all_that_an_outside_system_sends_reaches_intake() -> None:
    submitted = {(key, queue) for exchange, key, queue in BINDINGS if exchange == "submissions"}
    assert submitted == {(f"{system.name}.#", "intake") for system in OUTSIDE_SYSTEMS}


@every_service
@pytest.mark.parametrize("queue", ServiceQueue)
def test_a_service_writes_to_its_own_queues(card: Card, queue: ServiceQueue) -> None:
    assert (card.name, queue.value, queue.of(card.name)) in BINDINGS


def test_every_queue_is_a_quorum_queue_with_a_limit_of_deliveries() -> None:
    for queue in TOPOLOGY.queues:
        assert queue.arguments["x-queue-type"] == "quorum"
        assert "x-delivery-limit" in queue.arguments


def test_what_a_queue_gives_up_has_somewhere_to_go() -> None:
    for queue in TOPOLOGY.queues:
        if not queue.name.endswith(".dead-letters"):
            exchange, key = queue.arguments["x-dead-letter-exchange"], queue.arguments["x-dead-letter-routing-key"]
            assert (exchange, key, f"{key}.dead-letters") in BINDINGS
