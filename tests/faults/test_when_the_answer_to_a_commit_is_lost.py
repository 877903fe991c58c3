"""What was committed is done, though its answer was lost: it is not done again, blamed on a message, or forgotten."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.contracts.intake import ProjectSubmitted, RoundScheduled
from shared.contracts.screening import ProjectApproved
from shared.runtime import Work
from tests.faults.conftest import Ledger
from tests.faults.faulty import judged, projects, send
from tests.faults.noted import Notes
from tests.faults.postgresql_answers import COMMITTED, ONE_INSERTED, ONE_READ, SOME_DELETED, completed
from tests.support.examples import project_submitted
from tests.support.history import judge
from tests.support.network import Link, link_to
from tests.support.probe import probe, publish_declined, submitted, withdrawn
from tests.support.running import Start
from tests.support.waiting import make_unsent_rows_due, until

MANY = 120
ERRANDS = 12
ROUND = Path(__file__).parent.parent.parent / "docs" / "examples" / "round.json"


@pytest.fixture
async def link(test_database_url: str) -> AsyncIterator[Link]:
    async with link_to(test_database_url) as link:
        yield link


async def _until_lost(link: Link) -> None:
    async def are_lost() -> bool:
        return link.has_lost_all

    await until(are_lost)


async def test_when_a_group_was_handled(notes: Notes, link: Link, ledger: Ledger) -> None:
    await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
    link.lose_answer(COMMITTED, times=3)
    await notes.start(to_database=link)
    await _until_lost(link)
    ledger.injected("answer to a commit lost", 3)
    ledger.over()
    await notes.make_unsent_rows_due()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []


@pytest.mark.parametrize("answer", [COMMITTED, ONE_READ], ids=["handled", "suspected"])
async def test_when_a_message_was_handled_alone(notes: Notes, link: Link, ledger: Ledger, answer: bytes) -> None:
    """What a dead process was handling is handled alone, after it was noted as what may have killed it."""
    first = await notes.start(die="inside-the-handler")
    await notes.send(*(submitted(f"P{number}") for number in range(20)))
    await first.ended()
    link.lose_answer(answer, times=5)
    await notes.start(to_database=link)
    await _until_lost(link)
    ledger.injected("answer to a commit lost", 5)
    ledger.over()
    await notes.make_unsent_rows_due()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []
    assert await notes.connection.fetchval("select count(*) from suspects") == 0


@pytest.mark.parametrize(
    ("answer", "times"),
    [(COMMITTED, 8), (ONE_INSERTED, 8), (completed(f"SELECT {ERRANDS}"), 1)],
    ids=["done", "settled", "timers-released"],
)
async def test_when_timers_fell_due_and_effects_acted(
    notes: Notes, link: Link, ledger: Ledger, answer: bytes, times: int
) -> None:
    await notes.start(to_database=link)
    await notes.send(*(withdrawn(f"P{number}") for number in range(ERRANDS)))
    due = await notes.timers(ERRANDS)
    link.lose_answer(answer, times)
    notes.step_to(due)
    await _until_lost(link)
    ledger.injected("answer to a commit lost", times)
    ledger.over()
    await notes.make_unsent_rows_due()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []


async def test_when_the_relay_marked_what_it_had_sent(notes: Notes, link: Link, ledger: Ledger) -> None:
    """It is on the wire twice, under one id, and is handled once."""
    link.lose_answer(SOME_DELETED, times=3)
    await notes.start(to_database=link)
    await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
    await _until_lost(link)
    ledger.injected("answer to a commit lost", 3)
    ledger.over()
    ledger.judged(await notes.judged())


async def test_when_a_message_that_failed_was_put_aside(start: Start, link: Link, ledger: Ledger) -> None:
    """It is put aside twice: of the two copies that come back, one is handled and the other is known."""
    tries = 0

    async def fail_at_first(event: ProjectSubmitted, work: Work) -> None:
        nonlocal tries
        tries += 1
        if tries <= 2:  # in its group, and alone
            raise ValueError("not yet")
        await publish_declined(event, work)

    screening = await start(probe(fail_at_first), to_database=link)
    link.lose_answer(ONE_INSERTED)
    await send(screening, projects(1))
    await _until_lost(link)
    ledger.injected("answer to a commit lost")
    ledger.over()
    ledger.judged(await judged(screening, projects(1)))


async def test_when_a_failure_was_kept(notes: Notes, link: Link, ledger: Ledger) -> None:
    """It is kept once, and published once."""
    link.lose_answer(COMMITTED)
    await notes.start(to_database=link)
    await notes.send(submitted("P1").model_copy(update={"project_id": "no identifier"}))
    await _until_lost(link)
    ledger.injected("answer to a commit lost")
    ledger.over()
    await notes.make_unsent_rows_due()
    ledger.judged(await notes.judged())
    assert await notes.failed() == list(notes.sent)
    assert await notes.connection.fetchval("select count(*) from outbox where headers->>'ce-type' like '%Failed%'") == 1


async def test_when_a_caller_set_a_round(
    start: Start, link: Link, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The caller is asked to send the same again; that changes nothing, and publishes nothing twice."""
    monkeypatch.setenv("DOCUMENTS_URL", tmp_path.as_uri())
    intake = await start("intake", to_database=link)
    link.lose_answer(COMMITTED)
    answers = [await intake.http.post("/rounds", json=json.loads(ROUND.read_text())) for _ in range(2)]
    ledger.injected("answer to a commit lost")
    ledger.over()
    assert [answer.status_code for answer in answers] == [503, 201]
    assert "send the same request again" in answers[0].text
    await make_unsent_rows_due(intake.connection)
    await intake.quiet()
    ledger.judged(judge(["trinity-2027"], [event.round_id for event in await intake.published(RoundScheduled)]))


async def test_when_a_caller_gave_a_verdict(start: Start, link: Link, ledger: Ledger) -> None:
    """The caller is asked to send the same again, and that finds the verdict given: it is published once."""
    screening = await start("screening", to_database=link)
    await screening.receive(project_submitted())
    link.lose_answer(COMMITTED)
    verdict = "/reviews/P0001/revisions/1/verdict"
    answers = [await screening.http.post(verdict, json={"verdict": "approve"}) for _ in range(2)]
    ledger.injected("answer to a commit lost")
    ledger.over()
    assert [answer.status_code for answer in answers] == [503, 200]
    await make_unsent_rows_due(screening.connection)
    await screening.quiet()
    ledger.judged(judge(["P0001"], [event.project_id for event in await screening.published(ProjectApproved)]))
