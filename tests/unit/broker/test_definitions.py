"""The definitions of the broker: users as narrow as they can be."""

import base64
import hashlib
import re
from typing import Any

import pytest

from shared.broker.definitions import definitions
from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES

NAMES = [*(card.name for card in SERVICES), *(system.name for system in OUTSIDE_SYSTEMS)]


def url(user: str, path: str = "/") -> str:
    return f"amqp://{user}:p%40ss%2Fof-{user}@broker:5672{path}"


def defined(administrator_url: str = url("root"), **others: str) -> dict[str, Any]:
    urls = {name: others.get(name, url(name)) for name in NAMES}
    services = {card.name: urls[card.name] for card in SERVICES}
    systems = {system.name: urls[system.name] for system in OUTSIDE_SYSTEMS}
    return definitions(administrator_url, services, systems)


def test_a_password_is_kept_as_rabbitmq_hashes_it() -> None:
    for user in defined()["users"]:
        kept = base64.b64decode(user["password_hash"])
        salt, digest = kept[:4], kept[4:]
        assert hashlib.sha256(salt + f"p@ss/of-{user['name']}".encode()).digest() == digest


def test_only_the_administrator_administers_and_configures() -> None:
    document = defined()
    assert [user["name"] for user in document["users"] if user["tags"]] == ["root"]
    assert [permission["user"] for permission in document["permissions"] if permission["configure"] != "^$"] == ["root"]


def test_everybody_has_a_user_who_may_do_something() -> None:
    document = defined()
    assert {user["name"] for user in document["users"]} == {"root", *NAMES}
    assert {permission["user"] for permission in document["permissions"]} == {"root", *NAMES}
    assert {permission["user"] for permission in document["topic_permissions"]} == set(NAMES)


@pytest.mark.parametrize(
    ("user", "allowed", "refused"),
    [
        (
            "screening",
            ["project.approved", "message.failed"],
            ["offer.made", "projectXapproved", "project.approved.too", ""],
        ),
        ("careers-portal", ["careers-portal.application"], ["student-records.student", "careers-portal.host"]),
    ],
)
def test_a_user_may_publish_the_keys_of_the_directory(user: str, allowed: list[str], refused: list[str]) -> None:
    (permission,) = (one for one in defined()["topic_permissions"] if one["user"] == user)
    pattern = re.compile(permission["write"])
    assert all(pattern.search(key) for key in allowed)
    assert not any(pattern.search(key) for key in refused)


@pytest.mark.parametrize(("path", "virtual_host"), [("", "/"), ("/", "/"), ("/%2F", "/"), ("/term", "term")])
def test_everything_is_in_the_virtual_host_of_the_administrator(path: str, virtual_host: str) -> None:
    document = defined(url("root", path))
    assert document["vhosts"] == [{"name": virtual_host}]
    for kind in ("permissions", "topic_permissions", "exchanges", "queues", "bindings"):
        assert {entry["vhost"] for entry in document[kind]} == {virtual_host}


@pytest.mark.parametrize("faulty", ["amqp://broker/", "amqp://matching@broker/"])
def test_a_url_without_user_or_password_is_refused_by_whose_it_is(faulty: str) -> None:
    with pytest.raises(ValueError, match="the AMQP URL of matching has no user or no password"):
        defined(matching=faulty)


def test_two_services_do_not_share_a_user() -> None:
    with pytest.raises(ValueError, match="a user of its own"):
        defined(matching=url("screening"))


def test_every_queue_has_a_policy_that_sets_what_its_arguments_set() -> None:
    document = defined()
    (policy,) = document["policies"]
    assert all(re.search(policy["pattern"], queue["name"]) for queue in document["queues"])
    assert not re.search(policy["pattern"], "intake.others")
    assert not re.search(policy["pattern"], "others")
    for queue in document["queues"]:
        assert queue["arguments"].get("x-overflow", "reject-publish") == policy["definition"]["overflow"]
