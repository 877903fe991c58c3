"""A process that dies, at whatever moment, loses nothing and leaves nothing to be done twice."""

import asyncio
import signal

import pytest

from tests.faults.conftest import Ledger
from tests.faults.noted import Notes
from tests.support.probe import submitted, withdrawn
from tests.support.waiting import until

KILLED = -signal.SIGKILL
MANY = 120


@pytest.mark.parametrize(
    "moment",
    [
        "before-the-handler",
        "inside-the-handler",
        "between-commit-and-acknowledgement",
        "between-publish-and-mark",
    ],
)
async def test_when_the_process_dies(notes: Notes, ledger: Ledger, moment: str) -> None:
    process = await notes.start(die=moment)
    await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
    assert await process.ended() == KILLED
    ledger.injected(f"process dies {moment}")
    ledger.over()
    await notes.make_unsent_rows_due()
    await notes.start()
    ledger.judged(await notes.judged())


async def test_when_the_process_dies_between_commit_and_publish(notes: Notes, ledger: Ledger) -> None:
    process = await notes.start(die="between-commit-and-publish")
    await notes.send(submitted("P1"))
    assert await process.ended() == KILLED
    ledger.injected("process dies between-commit-and-publish")
    ledger.over()
    assert await notes.noted() == list(notes.sent)
    assert await notes.waiting() == 0
    assert await notes.published() == []
    await notes.make_unsent_rows_due()
    await notes.start()
    ledger.judged(await notes.judged())


async def test_when_one_process_after_the_other_dies_under_load(notes: Notes, ledger: Ledger) -> None:
    """Two share the work, and one of them is always being killed."""
    sending = asyncio.create_task(notes.send(*(submitted(f"P{number}") for number in range(600))))
    await notes.start()
    await notes.start()

    async def something_moves() -> bool:
        return sending.done() or len(await notes.noted()) > done

    while not sending.done():
        done = len(await notes.noted())
        await until(something_moves)
        await notes.processes[-2].kill()
        ledger.injected("process killed under load")
        ledger.over()
        await notes.start()
    await sending
    await notes.make_unsent_rows_due()
    ledger.judged(await notes.judged())


async def test_when_a_timer_falls_due_and_no_process_runs(notes: Notes, ledger: Ledger) -> None:
    process = await notes.start()
    await notes.send(withdrawn("P1"))
    timer = await notes.timers(1)
    await process.kill()
    notes.step_to(timer)
    ledger.injected("no process while a timer falls due")
    ledger.over()
    await notes.start()
    ledger.judged(await notes.judged())


@pytest.mark.parametrize("moment", ["between-commit-and-publish", "between-publish-and-mark"])
async def test_when_the_process_dies_while_a_timer_is_due(notes: Notes, ledger: Ledger, moment: str) -> None:
    process = await notes.start(die=moment)
    await notes.send(*(withdrawn(f"P{number}") for number in range(MANY)))
    notes.step_to(await notes.timers(MANY))
    assert await process.ended() == KILLED
    ledger.injected(f"process dies {moment} of a timer")
    ledger.over()
    await notes.make_unsent_rows_due()
    await notes.start()
    ledger.judged(await notes.judged())


async def test_when_the_process_dies_between_an_effect_and_its_acknowledgement(notes: Notes, ledger: Ledger) -> None:
    process = await notes.start(die="between-effect-and-acknowledgement")
    await notes.send(withdrawn("P1"))
    notes.step_to(await notes.timers(1))
    assert await process.ended() == KILLED
    ledger.injected("process dies between-effect-and-acknowledgement")
    ledger.over()
    await notes.make_unsent_rows_due()
    await notes.start()
    ledger.judged(await notes.judged())


async def test_when_the_process_dies_while_stopping(notes: Notes, ledger: Ledger) -> None:
    process = await notes.start(die="while-stopping")
    await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
    assert await process.stop() == KILLED
    ledger.injected("process dies while-stopping")
    ledger.over()
    await notes.start()
    ledger.judged(await notes.judged())
