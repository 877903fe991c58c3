"""The faults that the monkey injects: each returns whether there was anything to hit."""

import asyncio
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from ninthweek.servers.server import Broker, Server
from ninthweek.services import NAMES
from shared.broker.topology import EVENTS, SUBMISSIONS, ServiceQueue, topology
from shared.clock import system_time
from shared.contracts.directory import INTAKE, OUTSIDE_SYSTEMS, SERVICES, subscribers
from shared.contracts.envelope import Envelope, identity
from shared.contracts.intake import HostRegistered
from shared.contracts.submissions import HostRecord
from shared.runtime.incoming import Incoming, read
from tests.soak import store
from tests.soak.audit import Audit, RawMessage
from tests.soak.checker import Fact
from tests.soak.mail import MailServer, Trouble
from tests.soak.monkey import Injector
from tests.soak.stage import Recording
from tests.soak.supervisor import Place, Supervisor
from tests.support.examples import host_registered
from tests.support.intake import a_host_record
from tests.support.network import Link
from tests.support.odd import ODDITIES, Oddity

RECENT = 60
"""Messages that count as published just now."""

PAUSE = 0.2

BROKEN_BODIES = (b"", b"{", b"[]", b'{"application_id": 7}', b"\xff\xfe", b'"\\u0000"')
END_CHANNELS = "[exit(Channel, kill) || Channel <- rabbit_channel:list()]."
END_QUEUE = "exit(whereis('%2F_{queue}'), kill)."
RUN_OUT_OF_MEMORY = """
rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []}),
timer:sleep(1500),
rabbit_alarm:clear_alarm({resource_limit, memory, node()}).
"""
"""What `rabbitmqctl eval` does in the broker, in Erlang; nobody may publish while it is out of memory."""

TAKEN = frozenset(message.type for message in (*INTAKE.takes, *INTAKE.subscribes_to))


@dataclass(frozen=True)
class Poison:
    """What the monkey published that no service can take: what must be refused, and what must be kept as a failure."""

    refused: set[str] = field(default_factory=set)
    kept: set[tuple[str, str]] = field(default_factory=set)
    """Service and message id."""


@dataclass(frozen=True)
class Odd:
    """What the monkey published that is sound, with properties and headers beside it that nobody needs."""

    submitted: set[str] = field(default_factory=set)
    """Event ids, each of which is to be answered."""
    published: list[Fact] = field(default_factory=list)
    """Events in a service's name, each of which is to be handled once by all its subscribers."""


class Faults:
    """The faults of one term."""

    def __init__(
        self,
        *,
        database_url: str,
        databases: Mapping[str, Link],
        brokers: Mapping[str, Link],
        postgresql: Server,
        rabbitmq: Broker,
        supervisor: Supervisor,
        audit: Audit,
        mails: MailServer,
        chronicle: Recording,
    ) -> None:
        self._database_url = database_url
        self._databases = databases
        self._brokers = brokers
        self._postgresql = postgresql
        self._rabbitmq = rabbitmq
        self._supervisor = supervisor
        self._audit = audit
        self._mails = mails
        self._chronicle = chronicle
        self._number = 0
        self.poison = Poison()
        self.odd = Odd()

    @property
    def injectors(self) -> Mapping[str, Injector]:
        """What injects each kind of fault, by its name."""
        return {
            "process killed": self.kill,
            "process stopped in order": self.stop,
            "process frozen": self.freeze,
            "database connection cut": lambda dice: self._cut_one(self._databases, dice),
            "broker connection cut": lambda dice: self._cut_one(self._brokers, dice),
            "all database connections of a service cut": lambda dice: self._cut_all(self._databases, dice),
            "all broker connections of a service cut": lambda dice: self._cut_all(self._brokers, dice),
            "network to the database stalled": lambda dice: self._stall(self._databases, dice),
            "network to the broker stalled": lambda dice: self._stall(self._brokers, dice),
            "network to the database slow": lambda dice: self._slow(self._databases, dice),
            "network to the broker slow": lambda dice: self._slow(self._brokers, dice),
            "database backend terminated": self.terminate,
            "table locked": self.lock,
            "database connections refused": self.refuse_connections,
            "message published again": lambda dice: self._publish_again(self._audit.messages[-RECENT:], dice),
            "old message published again": lambda dice: self._publish_again(self._audit.messages, dice),
            "broken submission": self.submit_broken,
            "submission without envelope": self.submit_without_envelope,
            "broken event": self.publish_broken,
            "odd but sound submission": self.submit_oddly,
            "odd but sound event": self.publish_oddly,
            "mail refused for now": lambda _: self._trouble("refuse"),
            "mail server slow": lambda _: self._trouble("hang"),
            "mail taken and answer lost": lambda _: self._trouble("lose answer"),
            "mail connections dropped": self.drop_mail_connections,
            "database killed": lambda _: _again(self._postgresql.kill, self._postgresql.start),
            "database restarted": lambda _: _again(self._postgresql.stop, self._postgresql.start),
            "broker killed": lambda _: _again(self._rabbitmq.kill, self._rabbitmq.start),
            "broker restarted": lambda _: _again(self._rabbitmq.stop, self._rabbitmq.start),
            "connections closed by the broker": lambda _: self._control("close_all_connections", "soak"),
            "channels ended in the broker": lambda _: self._control("eval", END_CHANNELS),
            "queue ended in the broker": self.end_queue,
            "broker out of memory": lambda _: self._control("eval", RUN_OUT_OF_MEMORY),
        }

    async def kill(self, dice: Random) -> bool:
        place = self._a_place(dice)
        if place is not None:
            await self._supervisor.kill(place)
        return place is not None

    async def stop(self, dice: Random) -> bool:
        place = self._a_place(dice)
        if place is not None:
            await self._supervisor.stop(place)
        return place is not None

    async def freeze(self, dice: Random) -> bool:
        place = self._a_place(dice)
        if place is not None:
            await self._supervisor.freeze(place, dice.uniform(0.05, 1.5))
        return place is not None

    async def terminate(self, dice: Random) -> bool:
        try:
            return await store.terminate_a_backend(self._database_url, dice.random())
        except store.AWAY:
            return False

    async def lock(self, dice: Random) -> bool:
        try:
            return await store.lock_a_table(
                self._database_url, dice.choice(NAMES), dice.choice(store.LOCKABLE), seconds=dice.uniform(0.05, 0.8)
            )
        except store.AWAY:
            return False

    async def refuse_connections(self, dice: Random) -> bool:
        service = dice.choice(NAMES)
        with suppress(*store.AWAY):
            await store.refuse_connections(self._database_url, service)
        await asyncio.sleep(dice.uniform(0.1, 1))
        while True:
            try:
                await store.allow_connections(self._database_url, service)
            except store.AWAY:
                await asyncio.sleep(PAUSE)
            else:
                return True

    async def submit_broken(self, dice: Random) -> bool:
        """A submission whose body breaks its contract: it is refused."""
        kind = dice.choice(INTAKE.takes)
        system = next(system for system in OUTSIDE_SYSTEMS if kind in system.sends)
        envelope = Envelope(self._name(), system.name, kind.type, system_time())
        self.poison.refused.add(envelope.id)
        message = RawMessage(SUBMISSIONS, system.routing_key(kind), envelope.to_headers(), dice.choice(BROKEN_BODIES))
        await self._publish_for_certain(message, [INTAKE.name])
        return True

    async def submit_without_envelope(self, dice: Random) -> bool:
        """A submission that nobody can answer, since it does not name its type: it is kept among the failures."""
        name = self._name()
        system = dice.choice(OUTSIDE_SYSTEMS)
        self.poison.kept.add((INTAKE.name, name))
        message = RawMessage(
            SUBMISSIONS, system.routing_key(system.sends[0]), {"ce-id": name}, dice.choice(BROKEN_BODIES)
        )
        await self._publish_for_certain(message, [INTAKE.name])
        return True

    async def publish_broken(self, dice: Random) -> bool:
        """An event that breaks its contract: each of its subscribers keeps it among its failures."""
        card = dice.choice(SERVICES)
        event = dice.choice([event for event in card.publishes if subscribers(event)] or [INTAKE.publishes[0]])
        envelope = Envelope(self._name(), card.name, event.type, system_time())
        self.poison.kept.update((subscriber, envelope.id) for subscriber in subscribers(event))
        message = RawMessage(EVENTS, event.routing_key, envelope.to_headers(), dice.choice(BROKEN_BODIES))
        await self._publish_for_certain(message, subscribers(event))
        return True

    async def submit_oddly(self, dice: Random) -> bool:
        """A host of our own, whom nothing else in the term concerns."""
        (system,) = (system for system in OUTSIDE_SYSTEMS if HostRecord in system.sends)
        envelope = Envelope(self._name("odd"), system.name, HostRecord.type, system_time())
        self.odd.submitted.add(envelope.id)
        host = a_host_record(host_id=envelope.id)
        message = RawMessage(
            SUBMISSIONS, system.routing_key(HostRecord), envelope.to_headers(), host.to_json(), _oddity(dice)
        )
        await self._publish_for_certain(message, [INTAKE.name])
        return True

    async def publish_oddly(self, dice: Random) -> bool:
        """A `HostRegistered` in intake's name, about a host of our own."""
        name = self._name("odd")
        event, services = host_registered(host_id=name), subscribers(HostRegistered)
        envelope = Envelope(name, INTAKE.name, event.type, system_time(), event.subject, event.sequence)
        body = event.to_json()
        self.odd.published.append(
            Fact(INTAKE.name, name, HostRegistered.__name__, event.subject, None, identity(envelope, body), services)
        )
        message = RawMessage(EVENTS, event.routing_key, envelope.to_headers(), body, _oddity(dice))
        await self._publish_for_certain(message, services)
        return True

    async def end_queue(self, dice: Random) -> bool:
        """End the process of a queue in the broker, as an error of its own would."""
        return await self._control("eval", END_QUEUE.format(queue=dice.choice(topology().queues).name))

    async def drop_mail_connections(self, _dice: Random) -> bool:
        return self._mails.drop_connections()

    async def _control(self, *arguments: str) -> bool:
        try:
            await asyncio.to_thread(self._rabbitmq.control, *arguments)
        except subprocess.CalledProcessError:
            return False
        return True

    async def _trouble(self, trouble: Trouble) -> bool:
        self._mails.troubles.append(trouble)
        return True

    async def _cut_one(self, links: Mapping[str, Link], dice: Random) -> bool:
        return links[dice.choice(NAMES)].reset_one(dice.random())

    async def _cut_all(self, links: Mapping[str, Link], dice: Random) -> bool:
        link = links[dice.choice(NAMES)]
        had_any = link.connections > 0
        link.reset()
        return had_any

    async def _stall(self, links: Mapping[str, Link], dice: Random) -> bool:
        link = links[dice.choice(NAMES)]
        link.stall(answers_only=dice.random() < 0.5)
        await asyncio.sleep(dice.uniform(0.05, 1.5))
        link.heal()
        return True

    async def _slow(self, links: Mapping[str, Link], dice: Random) -> bool:
        link = links[dice.choice(NAMES)]
        link.delay = dice.uniform(0.002, 0.03)
        await asyncio.sleep(dice.uniform(0.2, 2))
        link.heal()
        return True

    async def _publish_again(self, messages: list[RawMessage], dice: Random) -> bool:
        return bool(messages) and await self._audit.publish(dice.choice(messages))

    async def _publish_for_certain(self, message: RawMessage, services: Sequence[str]) -> None:
        for service in services:
            self._chronicle.expect([service], _identity(message, service))
        await self._audit.publish_for_certain(message)

    def _a_place(self, dice: Random) -> Place | None:
        at_work = self._supervisor.at_work
        return dice.choice(at_work) if at_work else None

    def _name(self, kind: str = "poison") -> str:
        self._number += 1
        return f"{kind}-{self._number}"


def _oddity(dice: Random) -> Oddity:
    return dice.choice(ODDITIES)


def _identity(message: RawMessage, service: str) -> UUID:
    """The identity by which a service's inbox or failures know a message."""
    incoming = Incoming.delivered(
        service=service,
        queue=ServiceQueue.MESSAGES,
        exchange=message.exchange,
        routing_key=message.routing_key,
        headers=message.headers,
        body=message.body,
        delivered_before=False,
    )
    return read(service, TAKEN, incoming).identity


async def _again(end: Callable[[], None], start: Callable[[], None]) -> bool:
    """End a server, and start it again."""
    await asyncio.to_thread(end)
    await asyncio.to_thread(start)
    return True
