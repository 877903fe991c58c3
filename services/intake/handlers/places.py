"""What matching says of places: what is left for a second round, and who holds one and so cannot apply in it."""

from services.intake import service, store
from shared.contracts.matching import OfferDeclined, OfferMade, PlacementCancelled, PlacementConfirmed, PlacesLeft
from shared.runtime.work import Work


@service.on(PlacesLeft)
async def keep_places_left(event: PlacesLeft, work: Work) -> None:
    await store.places.keep_left(work.connection, event)


@service.on(OfferMade)
async def keep_offer(event: OfferMade, work: Work) -> None:
    await store.places.hold(work.connection, event.application_id)


@service.on(PlacementConfirmed)
async def keep_placement(event: PlacementConfirmed, work: Work) -> None:
    await store.places.hold(work.connection, event.application_id)


@service.on(OfferDeclined)
async def end_offer(event: OfferDeclined, work: Work) -> None:
    await store.places.give_up(work.connection, event.application_id)


@service.on(PlacementCancelled)
async def end_placement(event: PlacementCancelled, work: Work) -> None:
    await store.places.give_up(work.connection, event.application_id)
