"""A message that comes twice, at once, late or before its time has its effect once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.clock import system_time
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.matching import MatchMade, OfferMade
from shared.runtime import Work
from shared.runtime.settings import RuntimeSettings
from shared.runtime.store.retention import clear
from tests.faults.conftest import Ledger
from tests.faults.noted import Notes
from tests.services.matching.driver import Matching
from tests.support.examples import round_scheduled
from tests.support.history import judge
from tests.support.intake import a_host_record
from tests.support.matching import OFFERS_AT, REPLY_BY, application_received, applications_closed, project_approved
from tests.support.probe import probe, publish_declined, submitted
from tests.support.running import RunningService, Start
from tests.support.waiting import until

MANY = 20


@pytest.fixture(autouse=True)
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DOCUMENTS_URL", tmp_path_factory.mktemp("documents").as_uri())
        yield


async def test_when_messages_are_delivered_twice_to_one_process_after_the_other(notes: Notes, ledger: Ledger) -> None:
    first = await notes.start()
    await notes.send(*(submitted(f"P{number}") for number in range(MANY)), times=2)
    await until(notes.at_rest)
    await first.kill()
    await notes.send_again()
    ledger.injected("message delivered twice", 2 * MANY)
    await notes.start()
    ledger.judged(await notes.judged())


async def test_when_a_message_is_delivered_to_two_processes_at_the_same_time(notes: Notes, ledger: Ledger) -> None:
    """Both processes have the message and wait: one inside the handler, the other before it."""
    await notes.start()
    await notes.start()

    async def both_wait() -> bool:
        waiting = (
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        return bool(await notes.connection.fetchval(waiting) == 2)

    async with notes.connection.transaction():
        await notes.connection.execute("lock table notes in exclusive mode")
        await notes.send(submitted("P1"), times=2)
        ledger.injected("message delivered to two processes at once")
        await until(both_wait)
    ledger.judged(await notes.judged())


async def test_when_all_facts_come_twice_and_in_reverse(start: Start, ledger: Ledger) -> None:
    """Each project has a place and two who apply: when the first lets the offer expire, the second is offered it."""
    matching = Matching(await start("matching", replicas=2))
    projects = [f"P{number}" for number in range(MANY)]
    students = {project: [f"S{number}", f"S{number + MANY}"] for number, project in enumerate(projects)}
    applications = [application_received(student, project) for project in projects for student in students[project]]
    facts = [
        round_scheduled(),
        *map(project_approved, projects),
        *applications,
        applications_closed(len(applications)),
    ]
    await matching.receive(*reversed(facts * 2))
    ledger.injected("message out of order", 2 * len(facts))
    for project in projects:
        await matching.rank(project, [f"{student}-{project}" for student in students[project]])
    await matching.step_to(OFFERS_AT)
    await matching.step_to(REPLY_BY)

    offered = [offer.application_id for offer in await matching.service.published(OfferMade)]
    ledger.judged(judge([application.application_id for application in applications], offered))
    assert len(await matching.service.published(MatchMade)) == 1
    assert await matching.violations() == []
    assert await matching.service.failures() == []


async def _forget(service: RunningService, *, older_than: timedelta) -> None:
    """Clear what a service need not remember, as it does itself every few minutes."""
    await clear(service.connection, before=system_time() - older_than)


class TestOlderThanTheInboxsMemory:
    """Within `RuntimeSettings.remember` a message is handled once. After that the inbox takes it for a new one, and
    only what its handler has in its own tables keeps it from being done again.
    """

    async def test_when_a_message_comes_again_within_the_memory(self, start: Start, ledger: Ledger) -> None:
        handled = 0

        async def count(event: ProjectSubmitted, work: Work) -> None:
            nonlocal handled
            handled += 1
            await publish_declined(event, work)

        screening = await start(probe(count))
        await screening.receive(submitted("P1"), identifier="old")
        await _forget(screening, older_than=RuntimeSettings().remember)
        await screening.receive(submitted("P1"), identifier="old")
        ledger.injected("message delivered late")
        assert handled == 1
        await _forget(screening, older_than=timedelta(0))
        await screening.receive(submitted("P1"), identifier="old")
        assert handled == 2

    async def test_when_a_submission_comes_again_after_it_was_forgotten(self, start: Start, ledger: Ledger) -> None:
        """Intake knows every source and id for ever."""
        intake = await start("intake")
        await intake.submit("customer-relations", a_host_record(), identifier="old")
        published = await intake.published_types()
        await _forget(intake, older_than=timedelta(0))
        await intake.submit("customer-relations", a_host_record(), identifier="old")
        ledger.injected("message delivered after it was forgotten")
        assert [*published, *await intake.published_types()] == ["HostRegistered"]

    async def test_when_facts_come_again_after_they_were_forgotten(self, start: Start, ledger: Ledger) -> None:
        """Matching uses what it already knows of a round and its applications."""
        matching = Matching(await start("matching"))
        facts = [round_scheduled(), project_approved("P1"), application_received("S1", "P1"), applications_closed(1)]
        for number, fact in enumerate(facts):
            await matching.service.receive(fact, identifier=f"old-{number}")
        await matching.rank("P1", ["S1-P1"])
        await matching.step_to(OFFERS_AT)
        published = await matching.service.published_types()
        await _forget(matching.service, older_than=timedelta(0))
        for number, fact in enumerate(facts):
            await matching.service.receive(fact, identifier=f"old-{number}")
        ledger.injected("message delivered after it was forgotten", len(facts))
        assert [*published, *await matching.service.published_types()].count("OfferMade") == 1
        assert await matching.offers() == ["S1-P1"]
        assert await matching.violations() == []
