"""A process that stood still, and was given up, goes on where it was: what others did meanwhile is not done again."""

import pytest

from tests.faults.conftest import Ledger
from tests.faults.first_things import use_short_timeouts
from tests.faults.noted import Notes
from tests.support.probe import submitted, withdrawn
from tests.support.processes import ServiceProcess
from tests.support.waiting import until

MANY = 60
ERRANDS = 12


async def _another_takes_its_work(notes: Notes, frozen: ServiceProcess) -> None:
    """Wait until the broker has given up the frozen process, and another has done what it was handling."""
    await frozen.frozen()
    await notes.start()
    await notes.make_unsent_rows_due()

    async def is_given_up() -> bool:
        return await notes.consumers() == 1 and await notes.at_rest()

    await until(is_given_up)


async def _it_wakes(notes: Notes, frozen: ServiceProcess, ledger: Ledger, moment: str) -> None:
    frozen.thaw()
    ledger.injected(f"process frozen {moment}")
    ledger.over()
    await notes.send(*(submitted(f"Q{number}") for number in range(MANY)))
    ledger.judged(await notes.judged())
    assert await notes.failed() == []
    assert await frozen.ended() == 0


@pytest.mark.parametrize(
    "moment",
    [
        "before-the-handler",
        "inside-the-handler",
        "between-commit-and-acknowledgement",
        "between-commit-and-publish",
        "between-publish-and-mark",
    ],
)
async def test_with_messages_that_it_was_handling(notes: Notes, ledger: Ledger, moment: str) -> None:
    frozen = await notes.start(freeze=moment, first=use_short_timeouts)
    await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
    await _another_takes_its_work(notes, frozen)
    await _it_wakes(notes, frozen, ledger, moment)


@pytest.mark.parametrize("moment", ["between-commit-and-publish", "between-effect-and-acknowledgement"])
async def test_with_timers_and_effects_that_it_was_handling(notes: Notes, ledger: Ledger, moment: str) -> None:
    frozen = await notes.start(freeze=moment, first=use_short_timeouts)
    await notes.send(*(withdrawn(f"P{number}") for number in range(ERRANDS)))
    notes.step_to(await notes.timers(ERRANDS))
    await _another_takes_its_work(notes, frozen)
    await _it_wakes(notes, frozen, ledger, f"{moment} of a timer")
