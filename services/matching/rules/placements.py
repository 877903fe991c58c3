"""Placements and offers as staff look for them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.matching.rules.life import PLACED, Application, State
from shared.contracts.intake import PlacementWeek


class Shown(StrEnum):
    """Which placements and offers are looked for."""

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
"""Of those that were offered a place."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What placements are looked for by; what is empty or none is not asked.

    Each of the `words` is in the name or the id of the student, the project or the host, or in the placement's id.
    """

    shown: Shown = Shown.PLACEMENTS
    words: tuple[str, ...] = ()
    round_id: str = ""
    week: PlacementWeek | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A placement or an offer, with the names of those whom it concerns; a name is its id while it is not known."""

    application: Application
    student: str
    title: str
    organisation: str
