"""A message that fails, kills its process or is refused harms no other, and is kept until staff decide."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from ninthweek.services import load
from ninthweek.settings import AdministratorUrls
from ninthweek.staff_tools.failures import decide
from ninthweek.submitting import submit
from shared.contracts.directory import outside_system
from shared.contracts.envelope import Envelope, identity
from shared.contracts.every_service import MessageFailed
from shared.contracts.intake import HostRegistered, ProjectSubmitted, SubmissionRefused
from shared.contracts.message import Submission
from shared.contracts.screening import ProjectDeclined
from shared.contracts.submissions import HostRecord
from shared.runtime import Service, Work
from shared.runtime.failures import error_handler
from shared.runtime.settings import RuntimeSettings
from tests.faults.conftest import Ledger
from tests.faults.noted import Notes
from tests.support.history import judge
from tests.support.intake import a_host_record
from tests.support.probe import DIE, MENDED, probe, publish_declined, submitted, withdrawn
from tests.support.processes import NeverStarted
from tests.support.running import RunningService, Start
from tests.support.waiting import until

GROUP = 50


@pytest.fixture
def urls(test_database_url: str, amqp_url: str) -> AdministratorUrls:
    return AdministratorUrls(test_database_url, amqp_url)


async def test_when_one_message_fails_always(start: Start, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_handler, "RETRIES", [timedelta(milliseconds=10)] * len(error_handler.RETRIES))

    async def fail_for_one(event: ProjectSubmitted, work: Work) -> None:
        await publish_declined(event, work)
        if event.project_id == "P7":
            raise ValueError(event.project_id)

    screening = await start(probe(fail_for_one))
    projects = [f"P{number}" for number in range(GROUP)]
    await screening.receive(*map(submitted, projects))
    ledger.injected("message fails", 1 + len(error_handler.RETRIES))
    (failure,) = await screening.failures()
    assert failure["attempts"] == 1 + len(error_handler.RETRIES)
    (failed,) = await screening.published(MessageFailed)
    assert failed.message_id == failure["message_id"]
    declined = [event.project_id for event in await screening.published(ProjectDeclined)]
    refused = [ProjectSubmitted.from_json(failure["body"]).project_id]
    ledger.judged(judge(projects, declined, refused))
    assert refused == ["P7"]


async def _until_it_is_a_failure(notes: Notes, ledger: Ledger) -> None:
    """Start a process again whenever it has died, until the message that kills is among the failures."""
    deaths = 0

    async def died_or_is_a_failure() -> bool:
        return not process.alive or bool(await notes.failed())

    while not await notes.failed():
        try:
            process = await notes.start()
        except NeverStarted:  # it died at once, of what it was delivered first
            deaths += 1
            continue
        await until(died_or_is_a_failure)
        deaths += not process.alive
    await notes.stop()
    ledger.injected("message kills its process", deaths)
    assert deaths == 3
    await notes.make_unsent_rows_due()


async def test_when_one_message_kills_its_process(notes: Notes, ledger: Ledger) -> None:
    events = [submitted(f"P{number}", title=DIE if number == 24 else "A title") for number in range(GROUP)]
    await notes.send(*events)
    await _until_it_is_a_failure(notes, ledger)
    await notes.start()
    ledger.judged(await notes.judged())
    (failed,) = await notes.failed()
    assert notes.sent[failed] == events[24]


async def test_when_one_effect_kills_its_process(notes: Notes, ledger: Ledger) -> None:
    """Effects act side by side: those beside the one that kills die with it, and are not blamed."""
    process = await notes.start()
    events = [withdrawn(DIE if number == 1 else f"P{number}") for number in range(12)]
    await notes.send(*events)
    timer = await notes.timers(len(events))
    await process.stop()
    notes.step_to(timer)
    await _until_it_is_a_failure(notes, ledger)
    await notes.start()
    ledger.judged(await notes.judged())
    (failed,) = await notes.failed()
    assert notes.sent[failed] == events[1]


async def test_when_what_killed_its_process_is_mended_and_retried(
    notes: Notes, ledger: Ledger, urls: AdministratorUrls
) -> None:
    await notes.send(submitted("P1", title=DIE))
    await _until_it_is_a_failure(notes, ledger)
    await notes.start(environment=MENDED)
    await notes.send_again()
    await notes.send(submitted("P2"))
    await until(notes.at_rest)
    killed, after_it = notes.sent
    assert await notes.noted() == [after_it]  # what waits among the failures is not handled behind staff's back
    assert await decide(urls, "screening/1", retry=True)
    ledger.judged(await notes.judged())
    assert await notes.noted() == [after_it, killed]


class TestAFlood:
    """Of submissions that intake refuses, with good ones among them: one in twenty-five."""

    BAD = 500
    EVERY = 25

    @pytest.fixture
    async def intake(
        self, start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
    ) -> RunningService:
        monkeypatch.setenv("DOCUMENTS_URL", tmp_path_factory.mktemp("documents").as_uri())
        return await start("intake")

    async def send(self, intake: RunningService, kind: type[Submission], body: bytes, event_id: str) -> None:
        """As the customer relations' system, without waiting for an answer."""
        system = outside_system("customer-relations")
        assert system is not None
        envelope = Envelope(id=event_id, source=system.name, type=kind.type, time=intake.clock())
        intake.flight.expect([intake.service.name], identity(envelope, body))
        await submit(intake.broker, system, kind, body, event_id=event_id, time=intake.clock())

    async def test_when_refused_ones_flood_in_beside_good_ones(self, intake: RunningService, ledger: Ledger) -> None:
        good, bad = [], []
        for number in range(self.BAD):
            bad.append(f"bad-{number}")
            await self.send(intake, HostRecord, b"{}", bad[-1])
            if number % self.EVERY == 0:
                good.append(f"H{number}")
                await self.send(intake, HostRecord, a_host_record(host_id=good[-1]).to_json(), f"good-{number}")
        await intake.quiet()
        ledger.injected("submission refused in a flood", len(bad))
        registered = [event.host_id for event in await intake.published(HostRegistered)]
        refused = [event.submission_id for event in await intake.published(SubmissionRefused)]
        ledger.judged(judge([*good, *bad], registered, refused))
        assert sorted(registered) == sorted(good)
        # A good one waits for those that came before it and for those of its own group, and for no others.
        group = RuntimeSettings().largest_group
        types = await intake.published_types()
        places = [place for place, name in enumerate(types) if name == HostRegistered.__name__]
        assert all(place <= index * (self.EVERY + 1) + group for index, place in enumerate(places))
        assert await intake.failures() == []


async def test_when_staff_retry_twice_what_two_services_failed(
    start: Start, ledger: Ledger, urls: AdministratorUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It returns only to the service for which it was retried, and only once."""
    monkeypatch.setattr(error_handler, "RETRIES", ())
    done: Counter[str] = Counter()
    mended = False

    def failing(name: str) -> Service:
        service = load(name)

        async def handle(event: ProjectSubmitted, work: Work) -> None:
            if event.project_id == "P1" and not mended:
                raise ValueError(name)
            done[f"{event.project_id} in {name}"] += 1

        handler = service.handlers[ProjectSubmitted.type]
        monkeypatch.setitem(service.handlers, ProjectSubmitted.type, replace(handler, call=handle))
        return service

    screening, evaluation = await start(failing("screening")), await start(failing("evaluation"))
    await screening.receive(submitted("P1"))

    async def both_failed() -> bool:
        return len(await screening.failures()) == len(await evaluation.failures()) == 1

    await until(both_failed)
    mended = True
    retried = await asyncio.gather(*(decide(urls, "screening/1", retry=True) for _ in range(5)))
    ledger.injected("failure retried again", 4)
    assert sorted(retried) == [False] * 4 + [True]
    await screening.quiet()

    # What comes after it in the other's queue is handled there, and so would it have been.
    await screening.receive(submitted("P2"))

    async def evaluation_went_on() -> bool:
        return done["P2 in evaluation"] == 1

    await until(evaluation_went_on)
    assert done == {"P1 in screening": 1, "P2 in screening": 1, "P2 in evaluation": 1}
    assert [row["state"] for row in await screening.failures()] == ["retried"]
    assert [row["state"] for row in await evaluation.failures()] == ["waiting"]
