"""A second round: which projects take applications in it, and whether its calendar fits the round that it follows.

It has dates and a limit of its own, takes no proposals, and gives away what its first has left, in the same weeks. The
first one's waiting list ends when it opens, so that what is left is known; see docs/architecture.md.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from services.intake.rules.rounds import Round, in_words
from shared.clock import LOCAL_TIME
from shared.contracts.faults import Fault
from shared.contracts.intake import RoundCalendar
from shared.contracts.rounds import first_round, second_round

FRIDAY = 4
LONGEST_ID = 64
"""Characters of a round's id."""


def judged_by(both: Iterable[Round], moment: datetime) -> Round | None:
    """Which of a round and its second judges an application of that moment: from its opening on the second."""
    rounds = list(both)
    begun = [each for each in rounds if each.follows and moment >= each.opens_at]
    return next(iter([*begun, *rounds]), None)


def suggested(first: Round) -> RoundCalendar:
    """A second round of that one as a form begins with it: on working days, once the first offers are answered."""
    reply = timedelta(days=first.reply_within_days)
    opens_at = _working_day(first.offers_at + reply)
    return first.calendar.model_copy(
        update={
            "name": f"{first.name}, second round",
            "follows": first.round_id,
            "opens_at": opens_at,
            "closes_at": _working_day(opens_at + timedelta(days=4)),
            "rankings_due_at": _working_day(opens_at + timedelta(days=7)),
            "offers_at": _working_day(opens_at + max(reply, timedelta(days=9))),
            "applications_per_student": 1,
        }
    )


def carried_along(second: Round, first: RoundCalendar) -> RoundCalendar:
    """The second round's calendar with what it takes from the first: the weeks, and when proposals were taken."""
    return second.calendar.model_copy(
        update={
            "weeks": first.weeks,
            "submissions_open_at": first.submissions_open_at,
            "submissions_close_at": first.submissions_close_at,
        }
    )


def faults_in_second(calendar: RoundCalendar, own: Round | None, rounds: Sequence[Round]) -> list[Fault]:
    """What is wrong with a second round's calendar by the round that it follows; `own` is the round that is changed."""
    first = next((each for each in rounds if each.round_id == calendar.follows), None)
    if first is None:
        reason = f"There is no round {calendar.follows}: a second round follows one that was set."
        return [Fault(field="follows", reason=reason)]
    if first.follows:
        reason = f"{first.name} is a second round itself: only a first one is followed."
        return [Fault(field="follows", reason=reason)]
    if len(second_round(first.round_id)) > LONGEST_ID:
        return [
            Fault(field="follows", reason=f"The id of {first.name} is too long to be followed: at most 62 letters.")
        ]
    if own is None and any(each.follows == first.round_id for each in rounds):
        reason = f"{first.name} has a second round: change {second_round(first.round_id)} instead."
        return [Fault(field="follows", reason=reason)]
    return [*_faults_in_what_is_the_firsts(calendar, first), *_faults_in_order(calendar, first)]


def faults_in_first(calendar: RoundCalendar, own: Round, rounds: Iterable[Round]) -> list[Fault]:
    """What a change of a first round would make wrong with its second, by the fields of the first that do."""
    second = next((each for each in rounds if each.round_id == second_round(own.round_id)), None)
    if second is None:
        return []
    fields = {"opens_at": "offers_at", "offers_at": "reply_within_days"}
    return [
        Fault(field=fields[fault.field], reason=f"In {second.name}, {second.round_id}: {fault.reason}")
        for fault in _faults_in_order(second.calendar, calendar)
    ]


def faults_in_opening(own: Round, calendar: RoundCalendar, now: datetime) -> list[Fault]:
    """What can no longer be changed of what a round follows, and of a second round's opening."""
    if calendar.follows != own.follows:
        return [Fault(field="follows", reason="What a round follows cannot be changed: set another round.")]
    if own.follows and now >= own.opens_at and calendar.opens_at != own.opens_at:
        reason = f"The round opened on {in_words(own.opens_at)}, with what its first had left: that cannot be moved."
        return [Fault(field="opens_at", reason=reason)]
    return []


def own_first(round_id: str, rounds: Iterable[Round]) -> list[Round]:
    """A first round and its second, by the id of either, the first one first."""
    first = first_round(round_id)
    return [each for each in rounds if first_round(each.round_id) == first]


def _working_day(moment: datetime) -> datetime:
    """The same time of that day, or of the Monday after it."""
    local = moment.astimezone(LOCAL_TIME)
    to_monday = timedelta(days=7 - local.weekday()) if local.weekday() > FRIDAY else timedelta()
    return (local + to_monday).astimezone(UTC)


def _faults_in_what_is_the_firsts(calendar: RoundCalendar, first: RoundCalendar) -> list[Fault]:
    faults = []
    for field in ("submissions_open_at", "submissions_close_at"):
        if getattr(calendar, field) != getattr(first, field):
            reason = f"A second round takes no proposals: repeat what {first.name} has here."
            faults.append(Fault(field=field, reason=reason))
    if calendar.weeks != first.weeks:
        reason = f"A second round's placements are in the weeks of {first.name}: repeat them."
        faults.append(Fault(field="weeks", reason=reason))
    return faults


def _faults_in_order(calendar: RoundCalendar, first: RoundCalendar) -> list[Fault]:
    """Whether the first's offers are answered when the second opens, and what it passed on until then at the match."""
    faults = []
    reply = timedelta(days=first.reply_within_days)
    if calendar.opens_at < first.offers_at + reply:
        reason = (
            f"Offers of {first.name} may be answered until {in_words(first.offers_at + reply)}: open then or later."
        )
        faults.append(Fault(field="opens_at", reason=reason))
    if calendar.offers_at < calendar.opens_at + reply:
        reason = (
            f"A place of {first.name} passed on just before the opening may be answered until "
            f"{in_words(calendar.opens_at + reply)}: make offers then or later."
        )
        faults.append(Fault(field="offers_at", reason=reason))
    return faults
