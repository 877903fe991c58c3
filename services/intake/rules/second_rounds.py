"""Second rounds: which of a pair takes an application, and whether the calendar fits the round that it follows.

A second round has dates and a limit of its own, and takes no proposals. It gives away the places that its first round
has left, in the same weeks. The first round's waiting list ends when the second opens, so that what is left is known;
see docs/architecture.md.
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


def round_for_application(both: Iterable[Round], moment: datetime) -> Round | None:
    """The one of a round and its second by whose rules an application sent at that moment is checked.

    It is the second from its opening on.
    """
    rounds = list(both)
    begun = [each for each in rounds if each.follows and moment >= each.opens_at]
    return next(iter([*begun, *rounds]), None)


def suggested(first: Round) -> RoundCalendar:
    """The calendar in a new form for a second round: on working days, once the first round's offers are answered."""
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
    """The second round's calendar with what it has from the first: the weeks, and the time for proposals."""
    return second.calendar.model_copy(
        update={
            "weeks": first.weeks,
            "submissions_open_at": first.submissions_open_at,
            "submissions_close_at": first.submissions_close_at,
        }
    )


def faults_in_second(calendar: RoundCalendar, own: Round | None, rounds: Sequence[Round]) -> list[Fault]:
    """The faults of a second round's calendar beside its first; `own` is the round to change, `None` for a new one."""
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
    """The faults that a change of a first round would cause in its second, each on the first's field that causes it."""
    second = next((each for each in rounds if each.round_id == second_round(own.round_id)), None)
    if second is None:
        return []
    fields = {"opens_at": "offers_at", "offers_at": "reply_within_days"}
    return [
        Fault(field=fields[fault.field], reason=f"In {second.name}, {second.round_id}: {fault.reason}")
        for fault in _faults_in_order(second.calendar, calendar)
    ]


def faults_in_opening(own: Round, calendar: RoundCalendar, now: datetime) -> list[Fault]:
    """The faults of changing what a round follows, or the opening of a second round that has opened."""
    if calendar.follows != own.follows:
        return [Fault(field="follows", reason="What a round follows cannot be changed: set another round.")]
    if own.follows and now >= own.opens_at and calendar.opens_at != own.opens_at:
        reason = f"The round opened on {in_words(own.opens_at)}, with what its first had left: that cannot be moved."
        return [Fault(field="opens_at", reason=reason)]
    return []


def first_and_second(round_id: str, rounds: Iterable[Round]) -> list[Round]:
    """A first round and its second, by the id of either; `rounds` are in the order of their ids."""
    first = first_round(round_id)
    return [each for each in rounds if first_round(each.round_id) == first]


def _working_day(moment: datetime) -> datetime:
    """The moment itself on a working day; at a weekend, the same time on the Monday after it."""
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
    """The faults of a second round that is too early after its first.

    Every offer of the first must be answered when the second opens. Offers that the first passed on until then must be
    answered when the second is matched.
    """
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
