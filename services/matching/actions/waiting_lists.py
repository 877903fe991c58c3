"""A round's waiting list ends: at the cut-off, or when the second round opens."""

from services.matching import store
from services.matching.actions.changes import carry_out, publish_places_left
from services.matching.messages import WaitingListEnds
from services.matching.rules import endings, rounds
from shared.contracts.rounds import first_round
from shared.runtime.work import Work


async def end_waiting_list(timer: WaitingListEnds, work: Work) -> None:
    """End the waiting list of a matched round at its cut-off; a timer for a date that has changed does nothing."""
    round_ = await store.rounds.find(work.connection, timer.round_id)
    if round_ and round_.matched_at and round_.waiting_list_ends_at == timer.ends_at:
        await close_waiting_list(round_.round_id, work)


async def close_waiting_list(round_id: str, work: Work) -> None:
    """End every application of a round that still stands."""
    standing = await store.applications.standing(work.connection, round_id)
    await carry_out(endings.end_waiting_list(standing, now=work.now), work)


async def settle(round_id: str, work: Work) -> None:
    """Once a round is matched and its second round has opened, end its waiting list and publish the places left."""
    second = rounds.to_settle(await store.rounds.both(work.connection, round_id), work.now)
    if second:
        await close_waiting_list(first_round(round_id), work)
        await store.rounds.set_settled(work.connection, second.round_id, work.now)
        publish_places_left(round_id, await store.projects.places(work.connection, round_id), work)
