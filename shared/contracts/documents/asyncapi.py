"""The AsyncAPI 3 document of all services: who publishes which messages, to which exchange, and which queue gets them.

FastStream can generate one too, but without queue types, headers and bindings. The contracts have them all.
"""

import inspect
import json
from collections.abc import Iterable
from typing import Any, Final

from shared.broker.topology import EVENTS, SUBMISSIONS, ServiceQueue, topology
from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES, Card, OutsideSystem, published_messages, subscribers
from shared.contracts.documents.examples import example_of
from shared.contracts.documents.headers import ENVELOPE, example_headers, headers_of
from shared.contracts.documents.schemas import name, routing_keys, writer_schema
from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.message import Event, Message

Document = dict[str, Any]

_BINDING_VERSION: Final = {"bindingVersion": "0.3.0"}
_DURABLE: Final = {"durable": True, "autoDelete": False}

_DESCRIPTION: Final = """\
Independent services run a university's micro-placement programme. They communicate only by events over RabbitMQ.

Every message is a CloudEvent 1.0 in binary mode: its attributes are headers named `ce-…`, its body is JSON in UTF-8.
Messages are persistent. They are delivered in any order and may be delivered more than once: `ce-source` and `ce-id`
together identify a message. Of events about one subject that have a `ce-sequence`, the highest is the newest. A reader
ignores fields that it does not know. Fields marked `x-personal` are personal data.

Outside systems send submissions to the exchange `submissions`, each with routing keys that begin with its name. A
submission that breaks its contract or a rule is answered by the event `SubmissionRefused`. Services publish their
events to the exchange `events`.
"""


def asyncapi_document() -> Document:
    """The AsyncAPI document. It refers to no other file."""
    messages = published_messages()
    return {
        "asyncapi": "3.0.0",
        "id": "urn:ninthweek",
        "info": {
            "title": "ninthweek",
            # The document's version stays: the messages have versions of their own.
            "version": "1.0.0",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
            "tags": [
                {"name": publisher.name, "description": publisher.purpose}
                for publisher in (*SERVICES, *OUTSIDE_SYSTEMS)
            ],
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"broker": _server()},
        "channels": _channels(messages),
        "operations": {
            operation: description
            for publisher in (*OUTSIDE_SYSTEMS, *SERVICES)
            for operation, description in _operations(publisher).items()
        },
        "components": {
            "messages": {name(message): _message(message) for message in messages},
            "schemas": {name(message): {"title": name(message), **writer_schema(message)} for message in messages},
            "messageTraits": {
                "cloudEvent": {
                    "headers": ENVELOPE,
                    "contentType": CONTENT_TYPE,
                    "correlationId": {"location": "$message.header#/ce-correlationid"},
                }
            },
            "securitySchemes": {
                "user": {
                    "type": "userPassword",
                    "description": "Each service and each outside system has a user with its own permissions.",
                }
            },
        },
    }


def _server() -> Document:
    return {
        "host": "{address}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ 3.10 or later.",
        "variables": {"address": {"description": "Host and port of the broker.", "default": "localhost:5672"}},
        "security": [_reference("components", "securitySchemes", "user")],
    }


def _channels(messages: Iterable[type[Message]]) -> Document:
    """A channel for each routing key, and one for each service's queue."""
    by_key: dict[str, list[type[Message]]] = {}
    for message in messages:
        for key in routing_keys(message):
            by_key.setdefault(key, []).append(message)
    return {
        **{key: _routing_key_channel(key, messages) for key, messages in by_key.items()},
        **{ServiceQueue.MESSAGES.of(card.name): _queue_channel(card) for card in SERVICES},
    }


def _routing_key_channel(key: str, messages: list[type[Message]]) -> Document:
    exchange = EVENTS if issubclass(messages[0], Event) else SUBMISSIONS
    return {
        "address": key,
        "summary": f"`{key}` on the exchange `{exchange}`.",
        "messages": _messages(messages),
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": exchange, "type": "topic", **_DURABLE},
                **_BINDING_VERSION,
            }
        },
    }


def _queue_channel(card: Card) -> Document:
    broker = topology()
    queue = next(queue for queue in broker.queues if queue.name == ServiceQueue.MESSAGES.of(card.name))
    return {
        "address": queue.name,
        "summary": f"The queue of {card.name}.",
        "messages": _messages((*card.takes, *card.subscribes_to)),
        "bindings": {
            "amqp": {
                "is": "queue",
                "queue": {"name": queue.name, "exclusive": False, **_DURABLE, "x-arguments": queue.arguments},
                "x-bound-to": [
                    {"exchange": binding.exchange, "routingKey": binding.routing_key}
                    for binding in broker.bindings
                    if binding.queue == queue.name and binding.exchange in (EVENTS, SUBMISSIONS)
                ],
                **_BINDING_VERSION,
            }
        },
    }


def _messages(messages: Iterable[type[Message]]) -> Document:
    return {name(message): _reference("components", "messages", name(message)) for message in messages}


def _operations(publisher: Card | OutsideSystem) -> Document:
    if isinstance(publisher, OutsideSystem):
        return {
            f"{publisher.name}.submits.{name(submission)}": _send(
                publisher, submission, publisher.routing_key(submission)
            )
            for submission in publisher.sends
        }
    return {
        **{
            f"{publisher.name}.publishes.{name(event)}": _send(publisher, event, event.routing_key)
            for event in publisher.may_publish
        },
        f"{publisher.name}.subscribes": _receive(publisher),
    }


def _send(publisher: Card | OutsideSystem, message: type[Message], key: str) -> Document:
    return {
        "action": "send",
        "channel": _reference("channels", key),
        "summary": _paragraphs(message)[0],
        "tags": [{"name": publisher.name}],
        "messages": [_reference("channels", key, "messages", name(message))],
        "bindings": {"amqp": {"deliveryMode": 2, "mandatory": _must_be_routed(message), **_BINDING_VERSION}},
    }


def _must_be_routed(message: type[Message]) -> bool:
    """Whether the broker returns a message that reaches no queue. An event without a subscriber may reach none."""
    return not issubclass(message, Event) or bool(subscribers(message))


def _receive(card: Card) -> Document:
    queue = ServiceQueue.MESSAGES.of(card.name)
    return {
        "action": "receive",
        "channel": _reference("channels", queue),
        "summary": f"The messages that {card.name} subscribes to.",
        "tags": [{"name": card.name}],
        "messages": [
            _reference("channels", queue, "messages", name(message)) for message in (*card.takes, *card.subscribes_to)
        ],
        "bindings": {"amqp": {"ack": True, **_BINDING_VERSION}},
    }


def _message(message: type[Message]) -> Document:
    summary, *description = _paragraphs(message)
    payload = example_of(writer_schema(message))
    example = message.from_json(json.dumps(payload))
    return {
        "name": message.type,
        "title": name(message),
        "summary": summary,
        **({"description": "\n\n".join(description)} if description else {}),
        "traits": [_reference("components", "messageTraits", "cloudEvent")],
        "headers": {"type": "object", **headers_of(message)},
        "payload": _reference("components", "schemas", name(message)),
        "examples": [{"headers": example_headers(example), "payload": payload}],
    }


def _paragraphs(message: type[Message]) -> list[str]:
    paragraphs = inspect.cleandoc(message.__doc__ or "").split("\n\n")
    return [" ".join(paragraph.split()) for paragraph in paragraphs]


def _reference(*path: str) -> dict[str, str]:
    return {"$ref": "/".join(("#", *path))}
