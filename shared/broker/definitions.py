"""The broker's definitions: topology, users and permissions, in the form that RabbitMQ 3.10 and 4 import.

A file of them is loaded at boot (`load_definitions`) or by `rabbitmqctl import_definitions`.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from shared.broker.topology import EVENTS, SUBMISSIONS, ServiceQueue, dead_letter_queue, topology
from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES, Card, OutsideSystem

_ALL = ".*"
_NONE = "^$"
_ABOVE_OTHERS = 1_000_000


@dataclass(frozen=True, slots=True)
class _User:
    name: str
    password: str
    virtual_host: str


def definitions(
    administrator_url: str, service_urls: Mapping[str, str], system_urls: Mapping[str, str]
) -> dict[str, Any]:
    """The definitions of one broker, for these AMQP URLs of the administrator, each service and each system.

    The URLs give the names and passwords, and the administrator's gives the virtual host. A service may publish the
    events of its card and read its own queues. An outside system may publish its submissions. Neither may configure
    anything. Raises `ValueError` for a URL without user or password, and for users that share a name.
    """
    administrator = _user("the administrator", administrator_url)
    services = {card: _user(card.name, service_urls[card.name]) for card in SERVICES}
    systems = {system: _user(system.name, system_urls[system.name]) for system in OUTSIDE_SYSTEMS}
    users = (administrator, *services.values(), *systems.values())
    if len({user.name for user in users}) < len(users):
        raise ValueError("each service and each outside system needs a user of its own on the broker")
    virtual_host = administrator.virtual_host
    return {
        "vhosts": [{"name": virtual_host}],
        "users": [_login(user, ["administrator"] if user is administrator else []) for user in users],
        "permissions": [
            _permission(administrator, virtual_host, write=_ALL, read=_ALL, configure=_ALL),
            *(_service_permission(card, user, virtual_host) for card, user in services.items()),
            *(_permission(user, virtual_host, write=_only(SUBMISSIONS), read=_NONE) for user in systems.values()),
        ],
        "topic_permissions": [
            *(_may_publish(card, user, virtual_host) for card, user in services.items()),
            *(_may_submit(system, user, virtual_host) for system, user in systems.items()),
        ],
        "policies": [_policy(virtual_host)],
        **_topology(virtual_host),
    }


def _policy(virtual_host: str) -> dict[str, Any]:
    """A policy for our queues, which repeats what their own arguments say.

    Of all policies that match a queue, only the one with the highest priority applies. So no policy for all queues,
    such as an expiration on `.*`, ever applies to ours. Against an operator policy this does not help.
    """
    return {
        "vhost": virtual_host,
        "name": "ninthweek",
        "pattern": _only(*(queue.name for queue in topology().queues)),
        "apply-to": "queues",
        "definition": {"overflow": "reject-publish"},
        "priority": _ABOVE_OTHERS,
    }


def _user(name: str, url: str) -> _User:
    parts = urlsplit(url)
    if not (parts.username and parts.password):
        raise ValueError(f"the AMQP URL of {name} has no user or no password")
    return _User(unquote(parts.username), unquote(parts.password), unquote(parts.path[1:]) or "/")


def _login(user: _User, tags: list[str]) -> dict[str, Any]:
    return {
        "name": user.name,
        "password_hash": _password_hash(user.password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
        "limits": {},
    }


def _password_hash(password: str) -> str:
    # RabbitMQ, "Credentials and Passwords": a salt of 4 bytes, and SHA-256 of salt and password.
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _permission(user: _User, virtual_host: str, *, write: str, read: str, configure: str = _NONE) -> dict[str, str]:
    return {
        "user": user.name,
        "vhost": virtual_host,
        "configure": configure,
        "write": write,
        "read": read,
    }


def _service_permission(card: Card, user: _User, virtual_host: str) -> dict[str, str]:
    return _permission(
        user,
        virtual_host,
        write=_only(EVENTS, card.name),
        read=_only(*(queue.of(card.name) for queue in ServiceQueue), dead_letter_queue(card.name)),
    )


def _may_publish(card: Card, user: _User, virtual_host: str) -> dict[str, str]:
    keys = (event.routing_key for event in card.may_publish)
    return _topic_permission(user, virtual_host, EVENTS, write=_only(*keys))


def _may_submit(system: OutsideSystem, user: _User, virtual_host: str) -> dict[str, str]:
    keys = (system.routing_key(submission) for submission in system.sends)
    return _topic_permission(user, virtual_host, SUBMISSIONS, write=_only(*keys))


def _topic_permission(user: _User, virtual_host: str, exchange: str, *, write: str) -> dict[str, str]:
    return {"user": user.name, "vhost": virtual_host, "exchange": exchange, "write": write, "read": _NONE}


def _only(*names: str) -> str:
    """A regular expression that matches exactly these names."""
    return f"^({'|'.join(name.replace('.', '[.]') for name in names)})$"


def _topology(virtual_host: str) -> dict[str, list[dict[str, Any]]]:
    durable = {"vhost": virtual_host, "durable": True, "auto_delete": False}
    wanted = topology()
    return {
        "exchanges": [
            {"name": exchange.name, "type": exchange.type, "internal": False, "arguments": {}, **durable}
            for exchange in wanted.exchanges
        ],
        "queues": [{"name": queue.name, "arguments": queue.arguments, **durable} for queue in wanted.queues],
        "bindings": [
            {
                "source": binding.exchange,
                "vhost": virtual_host,
                "destination": binding.queue,
                "destination_type": "queue",
                "routing_key": binding.routing_key,
                "arguments": {},
            }
            for binding in wanted.bindings
        ],
    }
