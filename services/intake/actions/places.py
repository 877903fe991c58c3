"""What matching decides of places: what is left for a second round, and who holds one and so cannot apply in it."""

from services.intake import store
from shared.contracts.matching import OfferDeclined, OfferMade, PlacementCancelled, PlacementConfirmed, PlacesLeft
from shared.runtime.work import Work


async def keep_places_left(event: PlacesLeft, work: Work) -> None:
    await store.places.keep_left(work.connection, event)


async def hold_place(event: OfferMade | PlacementConfirmed, work: Work) -> None:
    await store.places.hold(work.connection, event.application_id)


async def give_up_place(event: OfferDeclined | PlacementCancelled, work: Work) -> None:
    await store.places.give_up(work.connection, event.application_id)
