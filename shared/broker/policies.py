"""Finds policies of the broker's administrator that undo what our queues promise, by the broker's management API.

A policy changes a queue after it was declared, and a client is not told of it over AMQP. Messages that the broker has
confirmed may then expire, or be dropped when their queue is full. A queue's own arguments do not protect it: of two
times or numbers the smaller applies, and of two settings for `overflow` that of the policy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from shared.broker.topology import Queue, topology

ANSWERS_WITHIN = 10.0
"""Seconds that the management API may take to answer."""

TRIES_TO_CONNECT = 5
"""Retries, after 0, 0.5, 1, 2 and 4 seconds: when a broker starts, AMQP may answer before the management API does."""

DROPS = {
    "message-ttl": "messages expire in it",
    "expires": "it is deleted while nobody uses it",
    "max-length": "it takes no more messages than so many",
    "max-length-bytes": "it takes no more bytes than so many",
}


class ManagementUnusable(Exception):
    """The management API cannot be asked; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Danger:
    """A setting of a policy that undoes what one of our queues promises."""

    queue: str
    policy: str
    """Its name; the names of both where an operator policy applies as well."""
    setting: str
    consequence: str

    def __str__(self) -> str:
        return f"{self.queue}: the policy {self.policy} sets {self.setting}: {self.consequence}"


class UnsafePolicies(Exception):
    """Policies undo what our queues promise; the text names each setting, and says what to do."""

    def __init__(self, dangers: list[Danger]) -> None:
        lines = "".join(f"\n  {danger}" for danger in dangers)
        super().__init__(
            "Policies of the broker's administrator would lose messages that the broker has confirmed. Take these "
            f"settings from them, or have them leave our queues alone (docs/operating.md, Policies):{lines}"
        )


async def dangers(management_url: str, amqp_url: str) -> list[Danger]:
    """Every dangerous setting of a policy that applies to our queues, in the virtual host of the AMQP URL.

    It asks as the user of the AMQP URL, unless the management URL has a user. Raises `ManagementUnusable`.
    """
    queues = {found["name"]: found for found in await _queues(management_url, amqp_url)}
    return [
        danger
        for queue in topology().queues
        if queue.name in queues
        for danger in endangered(queue, queues[queue.name])
    ]


def endangered(queue: Queue, found: Mapping[str, Any]) -> Iterator[Danger]:
    """The dangerous settings of the policies of one queue. `found` is the queue as the management API shows it."""
    names = [str(found[kind]) for kind in ("policy", "operator_policy") if found.get(kind)]
    effective = found.get("effective_policy_definition") or {}
    for key, value in sorted(effective.items()):
        if consequence := _consequence(queue, key, value):
            yield Danger(queue.name, " with the operator policy ".join(names), f"{key} = {value}", consequence)


def _consequence(queue: Queue, key: str, value: Any) -> str | None:
    if key == "overflow" and value != queue.arguments.get("x-overflow", value):
        return "what is dropped of it when it is full is lost, and its dead letters may be"
    if key == "delivery-limit" and value < queue.arguments["x-delivery-limit"]:
        return "messages that come back, as in a restart, end among the dead letters"
    return DROPS.get(key)


async def _queues(management_url: str, amqp_url: str) -> list[dict[str, Any]]:
    own, broker = urlsplit(management_url), urlsplit(amqp_url)
    user = own if own.username else broker
    address = own._replace(netloc=own.netloc.rpartition("@")[2]).geturl().rstrip("/")
    virtual_host = quote(unquote(broker.path[1:]) or "/", safe="")
    import httpx  # noqa: PLC0415 - few commands need it, and importing it takes a while

    try:
        async with httpx.AsyncClient(
            auth=(unquote(user.username or ""), unquote(user.password or "")),
            timeout=ANSWERS_WITHIN,
            transport=httpx.AsyncHTTPTransport(retries=TRIES_TO_CONNECT),
        ) as client:
            answer = await client.get(f"{address}/api/queues/{virtual_host}")
            answer.raise_for_status()
            found: list[dict[str, Any]] = answer.json()
            return found
    except httpx.HTTPStatusError as error:
        reason = f"answers {error.response.status_code}"
    except (httpx.HTTPError, ValueError) as error:
        reason = f"does not answer ({type(error).__name__})"
    raise ManagementUnusable(
        f"The broker's management API at {address} {reason}: check AMQP_MANAGEMENT_URL, and that its user has the tag "
        "`administrator` or `monitoring`."
    )
