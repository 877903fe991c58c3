"""Rounds are scheduled, and closed to applications."""

from services.matching import store
from services.matching.messages import OffersDue, SecondRoundOpens, WaitingListEnds
from services.matching.rules import rounds
from services.matching.rules.rounds import Round
from shared.contracts.intake import ApplicationsClosed, RoundScheduled
from shared.refusals import NotFound
from shared.runtime.work import Work


async def keep_round(event: RoundScheduled, work: Work) -> None:
    """Keep a round, and set a timer for each of its dates. Timers that were set for earlier dates do nothing."""
    round_ = rounds.scheduled(event)
    if not await store.rounds.keep(work.connection, round_):
        return
    offers_due = OffersDue(round_id=round_.round_id, offers_at=round_.offers_at)
    work.publish(offers_due, at=round_.offers_at)
    list_ends = WaitingListEnds(round_id=round_.round_id, ends_at=round_.waiting_list_ends_at)
    work.publish(list_ends, at=round_.waiting_list_ends_at)
    if round_.is_second:
        work.publish(SecondRoundOpens(round_id=round_.round_id), at=round_.opens_at)


async def keep_closing(event: ApplicationsClosed, work: Work) -> None:
    """Keep how many applications the match has to wait for."""
    await store.rounds.keep_closing(work.connection, event)


async def find_round(round_id: str, work: Work) -> Round:
    """The round; raises `NotFound`."""
    round_ = await store.rounds.find(work.connection, round_id)
    if round_ is None:
        raise NotFound(f"No round {round_id} is known.")
    return round_
