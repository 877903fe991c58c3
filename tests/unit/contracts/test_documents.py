"""What is generated from the contracts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES, published_messages
from shared.contracts.documents import (
    BreakingChange,
    asyncapi_document,
    breaking_changes,
    stale_contracts,
    write_contracts,
)
from shared.contracts.documents.schemas import name, published_schema
from shared.contracts.envelope import Envelope
from shared.contracts.intake import HostRegistered
from shared.contracts.message import Message, is_personal
from shared.contracts.submissions import StudentRecord

DOCUMENT = asyncapi_document()
every_message = pytest.mark.parametrize("message", published_messages(), ids=name)


def fields(schema: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for field, part in schema.get("properties", {}).items():
        yield f"{place}.{field}", part
        yield from fields(part.get("items", part), f"{place}.{field}")


@every_message
def test_every_field_is_described(message: type[Message]) -> None:
    assert message.__doc__
    undescribed = [
        field for field, schema in fields(published_schema(message), name(message)) if "description" not in schema
    ]
    assert undescribed == []


@every_message
def test_the_published_example_is_a_message(message: type[Message]) -> None:
    (example,) = published_schema(message)["examples"]
    assert json.loads(message.from_json(json.dumps(example)).to_json()) == example


@every_message
def test_the_example_of_the_headers_is_an_envelope(message: type[Message]) -> None:
    (example,) = DOCUMENT["components"]["messages"][name(message)]["examples"]
    envelope = Envelope.from_headers(example["headers"])
    assert envelope.type == message.type


def test_personal_fields_are_marked_in_the_documents() -> None:
    for message in (HostRegistered, StudentRecord):
        schema = DOCUMENT["components"]["schemas"][name(message)]
        marked = {field for field, part in schema["properties"].items() if part.get("x-personal")}
        assert marked == {field for field in message.model_fields if is_personal(message, field)} != set()


def test_an_event_is_published_with_every_field_that_is_always_there() -> None:
    schema = DOCUMENT["components"]["schemas"]["SubmissionRefused.v1"]
    assert "host_id" in schema["required"]


def test_every_publisher_and_every_queue_is_in_the_asyncapi_document() -> None:
    operations = DOCUMENT["operations"]
    sends = sum(len(system.sends) for system in OUTSIDE_SYSTEMS) + sum(len(card.may_publish) for card in SERVICES)
    assert [operation["action"] for operation in operations.values()].count("send") == sends
    for card in SERVICES:
        queue = DOCUMENT["channels"][card.name]["bindings"]["amqp"]["queue"]
        assert queue["x-arguments"]["x-queue-type"] == "quorum"
        assert operations[f"{card.name}.subscribes"]["channel"] == {"$ref": f"#/channels/{card.name}"}


def test_what_is_written_is_neither_stale_nor_broken_and_written_once(tmp_path: Path) -> None:
    openapi = {"openapi": "3.1.0"}
    written = write_contracts(tmp_path, openapi)
    assert set(written) == {path for path in tmp_path.rglob("*") if path.is_file()}
    assert stale_contracts(tmp_path, openapi) == []
    assert breaking_changes(tmp_path) == []
    assert write_contracts(tmp_path, openapi) == []


def test_a_file_that_was_changed_by_hand_is_stale(tmp_path: Path) -> None:
    write_contracts(tmp_path, {})
    edited = tmp_path / "asyncapi.yaml"
    edited.write_text(edited.read_text() + "\n")
    assert stale_contracts(tmp_path, {}) == [edited]


def test_a_breaking_change_is_not_written_over_what_was_published(tmp_path: Path) -> None:
    write_contracts(tmp_path, {})
    file = tmp_path / "schemas" / "OfferMade.v1.json"
    published = json.loads(file.read_text())
    published["properties"]["room"] = {"type": "string"}
    published["required"].append("room")
    file.write_text(json.dumps(published))
    with pytest.raises(BreakingChange, match=r"OfferMade\.v1, for whoever subscribes to it: `room` may be left out"):
        write_contracts(tmp_path, {})
    assert json.loads(file.read_text()) == published


def test_a_message_that_nobody_publishes_any_more_is_a_breaking_change(tmp_path: Path) -> None:
    write_contracts(tmp_path, {})
    (tmp_path / "schemas" / "OfferMade.v1.json").rename(tmp_path / "schemas" / "OfferMade.v0.json")
    assert breaking_changes(tmp_path) == ["OfferMade.v0: nobody publishes it any more"]


def test_a_routing_key_that_is_gone_is_a_breaking_change(tmp_path: Path) -> None:
    write_contracts(tmp_path, {})
    file = tmp_path / "schemas" / "HostRecord.v1.json"
    file.write_text(file.read_text().replace("customer-relations.host", "sponsors.host"))
    assert breaking_changes(tmp_path) == ["HostRecord.v1, for whoever sends it: the routing key sponsors.host is gone"]
