"""Whether a round's calendar overlaps with other rounds.

Two first rounds never share a placement week; a second round has the weeks of the one that it follows. Applications are
taken for one round at a time, so that a student knows in which round an application counts. The times of proposals may
overlap: a new proposal is for the round that closes first, and a correction stays in its own.
"""

from collections.abc import Iterable, Iterator

from services.intake.rules.rounds import Round, in_words
from shared.contracts.faults import Fault
from shared.contracts.intake import RoundCalendar
from shared.contracts.rounds import first_round


def faults_beside(calendar: RoundCalendar, round_id: str, rounds: Iterable[Round]) -> list[Fault]:
    """The faults of a round with that id and calendar that overlaps with others.

    Its own first or second round is not among the others: `second_rounds` has the rules for that pair.
    """
    others = [each for each in rounds if first_round(each.round_id) != first_round(round_id)]
    return [fault for other in others for fault in (*_in_applications(calendar, other), *_in_weeks(calendar, other))]


def _in_applications(calendar: RoundCalendar, other: Round) -> Iterator[Fault]:
    if calendar.opens_at >= other.closes_at or other.opens_at >= calendar.closes_at:
        return
    if other.opens_at <= calendar.opens_at:
        reason = f"Applications of {other.name} close on {in_words(other.closes_at)}: open then or later."
        yield Fault(field="opens_at", reason=reason)
    else:
        reason = f"Applications of {other.name} open on {in_words(other.opens_at)}: close by then."
        yield Fault(field="closes_at", reason=reason)


def _in_weeks(calendar: RoundCalendar, other: Round) -> Iterator[Fault]:
    if calendar.follows or other.follows:
        return
    theirs = {week.starts_on: week.week for week in other.weeks}
    for place, week in enumerate(calendar.weeks):
        if week.starts_on in theirs:
            reason = f"This is week {theirs[week.starts_on]} of {other.name}, with its placements: choose another."
            yield Fault(field=f"weeks.{place}.starts_on", reason=reason)
