"""Keep what matching publishes on places: how many are left for a second round, and which applications hold one.

Whoever holds a place cannot apply in the second round.
"""

from services.intake import store
from shared.contracts.matching import OfferDeclined, OfferMade, PlacementCancelled, PlacementConfirmed, PlacesLeft
from shared.runtime.work import Work


async def keep_places_left(event: PlacesLeft, work: Work) -> None:
    await store.places.keep_left(work.connection, event)


async def hold_place(event: OfferMade | PlacementConfirmed, work: Work) -> None:
    await store.places.hold(work.connection, event.application_id)


async def give_up_place(event: OfferDeclined | PlacementCancelled, work: Work) -> None:
    await store.places.give_up(work.connection, event.application_id)
