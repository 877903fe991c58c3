"""Staff set or change a round: its calendar is published, and the timer of its close is set again."""

from collections.abc import Sequence

from services.intake import rules, store
from services.intake.actions.lookups import find_round
from services.intake.messages import ApplicationsClose
from services.intake.rules.milestones import Movement
from services.intake.rules.rounds import Round
from shared.contracts.faults import Fault
from shared.contracts.intake import RoundCalendar, RoundScheduled
from shared.contracts.message import subject
from shared.contracts.rounds import both_rounds, second_round
from shared.refusals import Invalid, NotAllowed
from shared.runtime.work import Work

ALL_ROUNDS = "rounds"
"""The subject to lock while a calendar is compared with all others and put in force."""


async def schedule_round(calendar: RoundCalendar, work: Work) -> Round:
    """Set a round; raises `Invalid`, or `NotAllowed` if there is another round of that name.

    The same calendar again changes nothing: the answer to the first request may have been lost.
    """
    await work.lock(ALL_ROUNDS)
    rounds = await store.rounds.every(work.connection)
    round_ = rules.calendars.new_round(calendar)
    known = next((each for each in rounds if each.round_id == round_.round_id), None)
    if known is not None and known.calendar == calendar:
        return known
    _check(rules.calendars.faults_in_new(calendar, rounds))
    if known is not None:
        raise NotAllowed(f"There is a round {round_.round_id} already: change it with PUT /rounds/{round_.round_id}.")
    await _put_in_force(round_, work)
    return round_


async def change_round(round_id: str, calendar: RoundCalendar, work: Work) -> Round:
    """Put another calendar in force; returns the changed round. Raises `Invalid` or `NotFound`.

    What a second round has from its first changes with the first.
    """
    await work.lock(ALL_ROUNDS, *(subject("round", each) for each in both_rounds(round_id)))
    changed = [
        (await _change(each, its_calendar, work)) for each, its_calendar in await _changes(round_id, calendar, work)
    ]
    return changed[0]


async def preview_change(round_id: str, calendar: RoundCalendar, work: Work) -> list[tuple[Round, list[Movement]]]:
    """What a change would move, in the round and in its second round; raises what `change_round` would raise."""
    changes = await _changes(round_id, calendar, work)
    return [(each, rules.milestones.movements(each.calendar, its_calendar)) for each, its_calendar in changes]


async def _changes(round_id: str, calendar: RoundCalendar, work: Work) -> list[tuple[Round, RoundCalendar]]:
    """The rounds to change, each with its new calendar: the round itself, then its second round, if there is one."""
    round_ = await find_round(round_id, work)
    rounds = await store.rounds.every(work.connection)
    _check(rules.calendars.faults_in_change(round_, calendar, rounds, now=work.now))
    seconds = [each for each in rounds if each.round_id == second_round(round_id)]
    return [
        (round_, calendar),
        *((second, rules.second_rounds.carried_along(second, calendar)) for second in seconds),
    ]


async def _change(round_: Round, calendar: RoundCalendar, work: Work) -> Round:
    if calendar == round_.calendar:
        return round_
    changed = round_.with_calendar(calendar)
    await _put_in_force(changed, work)
    return changed


async def _put_in_force(round_: Round, work: Work) -> None:
    await store.rounds.keep(work.connection, round_, at=work.now)
    work.publish(RoundScheduled(round_id=round_.round_id, round_version=round_.round_version, **dict(round_.calendar)))
    if round_.applications_closed_at is None:
        work.publish(ApplicationsClose(round_id=round_.round_id, closes_at=round_.closes_at), at=round_.closes_at)


def _check(faults: Sequence[Fault]) -> None:
    if faults:
        raise Invalid(faults)
