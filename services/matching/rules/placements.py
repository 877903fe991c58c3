"""What staff search for among placements and offers, and what they find."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.matching.rules.life import PLACED, Application, State
from shared.contracts.intake import PlacementWeek


class Shown(StrEnum):
    """Which placements and offers are searched for."""

    PLACEMENTS = "placements"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    OPEN_OFFERS = "offers"
    ENDED_OFFERS = "ended"


STATES: Final[dict[Shown, Collection[State]]] = {
    Shown.PLACEMENTS: PLACED,
    Shown.CONFIRMED: (State.CONFIRMED,),
    Shown.COMPLETED: (State.COMPLETED,),
    Shown.CANCELLED: (State.CANCELLED,),
    Shown.OPEN_OFFERS: (State.OFFERED,),
    Shown.ENDED_OFFERS: (State.DECLINED, State.EXPIRED, State.RETRACTED, State.WITHDRAWN),
}
"""The states that each choice stands for, of applications that were offered a place."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The criteria of a search; those that are empty or none do not count.

    Each of the `words` has to be in the name or id of the student, the project or the host, or in the placement's id.
    """

    shown: Shown = Shown.PLACEMENTS
    words: tuple[str, ...] = ()
    round_id: str = ""
    week: PlacementWeek | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A placement or an offer, with names; for a name that is not known yet, its id."""

    application: Application
    student: str
    title: str
    organisation: str
