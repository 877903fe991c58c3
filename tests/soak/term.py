"""One term of a soak: prepared, played while the monkey is loose, and judged."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from pprint import pformat
from random import Random

import aio_pika
import httpx

from ninthweek.demonstration.api import Api, RequestRefused
from ninthweek.demonstration.checks import too_many_placements, without_end
from ninthweek.demonstration.outcome import differences, outcome_of
from ninthweek.demonstration.outside import OutsideSystems
from ninthweek.demonstration.playing import play_term
from ninthweek.demonstration.quiet import NeverQuiet
from ninthweek.demonstration.term import Term, read_term
from ninthweek.servers.server import Broker, Server
from ninthweek.services import NAMES
from services.matching.rules.history import violations
from shared.broker.topology import EVENTS, dead_letter_queue, topology
from shared.contracts.directory import OUTSIDE_SYSTEMS, subscribers
from shared.contracts.intake import SubmissionRefused
from shared.contracts.message import Event, type_registry
from shared.contracts.submissions import ApplicationForm
from shared.web.authentication import STAFF
from tests.journeys.terms import MadeUpTerm
from tests.soak import store
from tests.soak.audit import Audit
from tests.soak.checker import Fact, History, MailOnRecord, judge_term
from tests.soak.faults import Faults, Poison
from tests.soak.mail import MailServer
from tests.soak.monkey import Monkey
from tests.soak.stage import Recording, SoakStage
from tests.soak.supervisor import ReverseProxy, Supervisor
from tests.support.history import Report
from tests.support.network import Link
from tests.support.servers import database_url
from tests.support.shared_clock import SharedClock

STUDENTS = 40
ANSWERED_WITHIN = 20.0
EMPTY_WITHIN = 60.0
PORTAL = next(system.name for system in OUTSIDE_SYSTEMS if ApplicationForm in system.sends)


@dataclass(frozen=True)
class Surroundings:
    """What stands around all terms of a soak; URLs are the administrator's and go past all faults."""

    folder: Path
    database_url: str
    amqp_url: str
    postgresql: Server
    rabbitmq: Broker
    databases: Mapping[str, Link]
    brokers: Mapping[str, Link]
    audit: Audit
    mails: MailServer
    monkey: Monkey
    tokens: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a term."""

    report: Report
    events: int
    mails: int


async def play(surroundings: Surroundings, *, seed: int, template: str, name: str) -> Played:
    """Play a term on a database of its own, and judge it; where something is wrong, its history is kept."""
    folder = surroundings.folder / name
    term = read_term(MadeUpTerm(seed=seed, students=STUDENTS).write(folder / "term"))
    await store.copy_database(surroundings.database_url, template, name)
    url = database_url(surroundings.database_url, name)
    clock = SharedClock(folder / "clock")
    clock.step_to(term.begins_at)
    surroundings.audit.begin_anew()
    surroundings.mails.begin_anew()
    supervisor = Supervisor(
        {service: surroundings.databases[service].through(url) for service in NAMES},
        {service: surroundings.brokers[service].through(surroundings.amqp_url) for service in NAMES},
        clock=clock.file,
        environment=_environment(surroundings, folder),
        dice=Random(seed),
    )
    try:
        await supervisor.open()
        played = await _play(term, surroundings, supervisor, url, clock)
        await supervisor.close()
    finally:
        await supervisor.abandon()
    left = [*supervisor.crashes, *await _left_in_queues(surroundings.amqp_url)]
    report = played.report + Report(unexpected=tuple(left))
    await surroundings.audit.catch_up()
    await store.drop_database(surroundings.database_url, name)
    return Played(report, played.events, played.mails)


async def _play(term: Term, surroundings: Surroundings, supervisor: Supervisor, url: str, clock: SharedClock) -> Played:
    database, chronicle = store.TermDatabase(url), Recording(NAMES)
    async with httpx.AsyncClient(
        transport=ReverseProxy(supervisor), base_url="http://ninthweek.test", timeout=ANSWERED_WITHIN
    ) as client:
        staff = Api(client, STAFF, surroundings.tokens[STAFF])
        portal = Api(client, PORTAL, surroundings.tokens[PORTAL])
        amqp_url = surroundings.brokers["intake"].through(surroundings.amqp_url)
        outside = OutsideSystems(amqp_url, portal, term.folder, chronicle)
        stage = SoakStage(database, supervisor, clock, chronicle, staff, outside)
        faults = Faults(
            database_url=url,
            databases=surroundings.databases,
            brokers=surroundings.brokers,
            postgresql=surroundings.postgresql,
            rabbitmq=surroundings.rabbitmq,
            supervisor=supervisor,
            audit=surroundings.audit,
            mails=surroundings.mails,
            chronicle=chronicle,
        )
        stopped: list[str] = []
        try:
            async with surroundings.monkey.loose(faults.injectors):
                await play_term(term, stage, lambda: None)
        except (RequestRefused, NeverQuiet) as reason:
            stopped.append(f"the term could not be played to its end: {reason}")
        try:
            await stage.quiet()
            await _until_empty(surroundings.amqp_url)
            await stage.quiet()
        except NeverQuiet as reason:
            stopped.append(str(reason))
        history = await _history(term, surroundings, database, chronicle, faults)
        await database.close()
    report = judge_term(history) + Report(unexpected=tuple(stopped))
    if not report.is_clean:
        (term.folder.parent / "history.txt").write_text(pformat(history, width=160))
    return Played(report, chronicle.counts.total(), sum(history.mails_taken.values()))


def _environment(surroundings: Surroundings, folder: Path) -> dict[str, str]:
    return {
        "SOAK_LOG": str(folder / "services.log"),
        "SMTP_URL": surroundings.mails.url,
        "DOCUMENTS_URL": (folder / "documents").as_uri(),
        "NINTHWEEK_POOL_SIZE": "5",  # ten replicas share the hundred connections of a PostgreSQL as it comes
        "NINTHWEEK_TOKEN": surroundings.tokens[STAFF],
        "SESSION_SECRET": "the secret of a soak's sessions",
        "CAREERS_PORTAL_TOKEN": surroundings.tokens[PORTAL],
    }


async def _history(
    term: Term, surroundings: Surroundings, database: store.TermDatabase, chronicle: Recording, faults: Faults
) -> History:
    poison, odd = faults.poison, faults.odd
    await surroundings.audit.catch_up()
    async with database.snapshot() as snapshot:
        published = [each for each in await snapshot.published() if each.outgoing.exchange == EVENTS]
        facts = [*map(_fact, published), *odd.published]
        subscribed = {service: [fact.identity for fact in facts if service in fact.subscribers] for service in NAMES}
        mails = await snapshot.mails()
        failures = await snapshot.failures()
        handled = await snapshot.handled(subscribed)
        handlings = await snapshot.handlings()
        rounds = await snapshot.rounds_of_matching()
    taken: Counter[str] = Counter()
    for (message_id, _), number in surroundings.mails.taken.items():
        taken[message_id] += number
    contents = {(sent.event_id, str(sent.content)) for sent in (*term.records, *term.submissions)}
    submissions = Counter(event_id for event_id, _ in contents) + Counter([*poison.refused, *odd.submitted])
    return History(
        submissions=submissions,
        facts=facts,
        handled=handled,
        handlings=handlings,
        failures={(failure.service, failure.message_id): failure.error for failure in failures},
        on_the_wire=list(surroundings.audit.events),
        mails=[MailOnRecord(f"{mail.template} to {mail.recipient}", mail.message_id) for mail in mails],
        mails_taken=taken,
        poison=poison.kept,
        wrong=[
            *_wrong_with_outcome(term, chronicle, poison),
            *(violation for history in rounds for violation in violations(history)),
            *(f"a mail to {mail.recipient} was {mail.state}" for mail in mails if mail.state != "sent"),
        ],
    )


def _fact(published: store.Published) -> Fact:
    headers = published.outgoing.headers
    event = type_registry[headers["ce-type"]]
    assert issubclass(event, Event)
    return Fact(
        service=published.service,
        id=headers["ce-id"],
        type=event.__name__,
        subject=headers["ce-subject"],
        causation_id=headers.get("ce-causationid"),
        identity=published.outgoing.identity,
        subscribers=subscribers(event),
        is_refusal=event is SubmissionRefused,
    )


def _wrong_with_outcome(term: Term, chronicle: Recording, poison: Poison) -> Iterator[str]:
    """What the demonstration finds wrong with a term; what the monkey had refused is no part of it."""
    outcome = outcome_of(chronicle)
    outcome.refused = {name: fields for name, fields in outcome.refused.items() if name not in poison.refused}
    yield from without_end(chronicle)
    yield from too_many_placements(chronicle, outcome)
    yield from differences(outcome, term.expected)


async def _waiting_in_queues(amqp_url: str) -> dict[str, int]:
    async with await aio_pika.connect(amqp_url) as connection, connection.channel() as channel:
        declared = [await channel.declare_queue(queue.name, passive=True) for queue in topology().queues]
    return {queue.name: queue.declaration_result.message_count or 0 for queue in declared}


async def _until_empty(amqp_url: str) -> None:
    """Wait until services have taken everything from their queues, such as what the monkey published again."""
    dead = {dead_letter_queue(service) for service in NAMES}
    gives_up_at = time.monotonic() + EMPTY_WITHIN
    while True:
        waiting = await _waiting_in_queues(amqp_url)
        full = {name: number for name, number in waiting.items() if number and name not in dead}
        if not full:
            return
        if time.monotonic() > gives_up_at:
            raise NeverQuiet(f"After {EMPTY_WITHIN:.0f} seconds there are still messages in queues: {full}.")
        await asyncio.sleep(0.1)


async def _left_in_queues(amqp_url: str) -> list[str]:
    """What is in a queue after all services have stopped in order."""
    waiting = await _waiting_in_queues(amqp_url)
    return [f"{number} messages were left in the queue {name}" for name, number in waiting.items() if number]
