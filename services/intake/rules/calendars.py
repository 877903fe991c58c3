"""Whether a calendar may be put in force: in itself, beside the other rounds, and after what has happened."""

from collections.abc import Sequence
from datetime import datetime

from services.intake.rules import overlaps, second_rounds
from services.intake.rules.rounds import Round, faults_in_calendar, faults_in_closing, faults_in_years, slug
from shared.contracts.faults import Fault
from shared.contracts.intake import RoundCalendar
from shared.contracts.rounds import second_round


def new_round(calendar: RoundCalendar) -> Round:
    """The round that a calendar sets. Its id is made of its name; a second round's, of the id of its first.

    Nothing is validated: an invalid calendar may have an id that no round has.
    """
    round_id = second_round(calendar.follows) if calendar.follows else slug(calendar.name)
    return Round.model_construct(**dict(calendar), round_id=round_id)


def faults_in_new(calendar: RoundCalendar, rounds: Sequence[Round]) -> list[Fault]:
    """Everything that keeps a new round from being set beside these."""
    return _faults(calendar, None, rounds)


def faults_in_change(round_: Round, calendar: RoundCalendar, rounds: Sequence[Round], *, now: datetime) -> list[Fault]:
    """Everything that keeps a round from being changed beside these, of which it is one."""
    return faults_in_years(calendar) or [
        *_faults(calendar, round_, rounds),
        *faults_in_closing(round_, calendar),
        *second_rounds.faults_in_opening(round_, calendar, now),
        *second_rounds.faults_in_first(calendar, round_, rounds),
    ]


def _faults(calendar: RoundCalendar, own: Round | None, rounds: Sequence[Round]) -> list[Fault]:
    return faults_in_years(calendar) or [
        *faults_in_calendar(calendar),
        *(second_rounds.faults_in_second(calendar, own, rounds) if calendar.follows else ()),
        *overlaps.faults_beside(calendar, own.round_id if own else new_round(calendar).round_id, rounds),
    ]
