"""Who publishes and subscribes to what, as a whole."""

from collections import Counter

import pytest

from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES, published_messages, publishers
from shared.contracts.documents.schemas import routing_keys
from shared.contracts.every_service import MessageFailed, QueueStuck
from shared.contracts.message import Event, Message, Private, Submission, type_registry
from tests.support.next_version import next_version


def test_each_event_is_published_by_the_one_service_that_owns_it() -> None:
    published = Counter(event for card in SERVICES for event in card.publishes)
    assert {event.__name__: times for event, times in published.items() if times > 1} == {}


def test_what_somebody_subscribes_to_is_published() -> None:
    published = {event for card in SERVICES for event in card.may_publish}
    assert {event for card in SERVICES for event in card.subscribes_to} <= published


def test_every_service_publishes_which_message_it_failed_to_handle() -> None:
    assert publishers(MessageFailed) == tuple(card.name for card in SERVICES)


def test_every_service_publishes_which_queue_of_its_own_is_stuck() -> None:
    assert publishers(QueueStuck) == tuple(card.name for card in SERVICES)


def test_every_submission_is_taken_by_one_service() -> None:
    takes = Counter(submission for card in SERVICES for submission in card.takes)
    assert takes == Counter({submission for system in OUTSIDE_SYSTEMS for submission in system.sends})


def test_every_event_and_submission_is_somebodys() -> None:
    declared = {message for message in type_registry.values() if not issubclass(message, Private)}
    assert {message for message in declared if message.__module__.startswith("shared.")} == set(published_messages())


def test_messages_are_told_apart_by_their_types() -> None:
    types = Counter(message.type for message in published_messages())
    assert max(types.values()) == 1


def test_no_two_messages_share_a_routing_key() -> None:
    keys = Counter(key for message in published_messages() for key in routing_keys(message))
    assert max(keys.values()) == 1


def test_a_later_version_is_not_given_to_subscribers_of_the_first_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.contracts.message.type_registry", {})
    assert next_version().submitted.routing_key == "project.submitted"
    assert next_version().submitted_2.routing_key == "project.submitted.v2"


@pytest.mark.parametrize("message", published_messages(), ids=lambda message: message.__name__)
def test_a_message_names_its_subject(message: type[Message]) -> None:
    assert f"{message.about}_id" in message.model_fields


def test_no_name_means_something_else_in_a_pattern_of_the_brokers() -> None:
    for publisher in (*SERVICES, *OUTSIDE_SYSTEMS):
        assert publisher.name.replace("-", "").isalpha()
    for message in published_messages():
        assert issubclass(message, Event | Submission)
        assert all(key.replace("-", "").replace(".", "").isalnum() for key in routing_keys(message))
