"""The match of a round: staff choose its policy, and it is released at its time or by them."""

from services.matching import store
from services.matching.actions.changes import carry_out
from services.matching.actions.rounds import find_round
from services.matching.actions.waiting_lists import close_waiting_list, settle
from services.matching.messages import OffersDue
from services.matching.rules import offers, release
from services.matching.rules.life import MATCH, PROGRAMME
from services.matching.rules.policies import Policy
from services.matching.rules.release import Decision, Release
from services.matching.rules.rounds import Round, places_lock
from shared.contracts.matching import MatchMade
from shared.runtime.service import NotYet
from shared.runtime.work import Work


async def release_when_due(timer: OffersDue, work: Work) -> None:
    """Release the match of a round whose offers are due, unless staff have released it or hold it back.

    A timer that was set for a date which has changed since does nothing.
    """
    round_ = await store.rounds.find(work.connection, timer.round_id)
    if round_ is None or round_.matched_at or round_.offers_at != timer.offers_at:
        return
    setting = await store.policies.setting(work.connection, round_.round_id)
    if setting.held:
        return
    facts = await store.rounds.facts_for_match(work.connection, round_.round_id)
    if facts.missing:
        raise NotYet(facts.missing)
    await _release(round_, setting.policy, PROGRAMME, work)


async def decide_match(round_id: str, decision: Decision, by: str, work: Work) -> bool:
    """Choose the policy, and hold the match back or let it go out at its time.

    Returns whether it goes out now, because it was held back past its time. Raises `Invalid`, and `NotAllowed` once it
    has gone out.
    """
    await work.lock(places_lock(round_id))
    round_ = await find_round(round_id, work)
    before = await store.policies.setting(work.connection, round_id)
    setting = release.decide(round_, decision, by=by, now=work.now)
    await store.policies.add_setting(work.connection, round_id, setting)
    goes_out_now = release.is_overdue(round_, before, work.now) and not setting.held
    if goes_out_now:
        # The timer came while the match was held back, and did nothing: it is set again.
        work.publish(OffersDue(round_id=round_id, offers_at=round_.offers_at), at=round_.offers_at)
    return goes_out_now


async def release_now(round_id: str, policy: Policy, by: str, work: Work, *, sure: bool) -> bool:
    """Release the match without waiting for its time.

    Returns false if it had gone out before. Raises `NotAllowed` while it cannot be made, and `Invalid` unless `sure`.
    """
    await work.lock(places_lock(round_id))
    round_ = await find_round(round_id, work)
    if await store.policies.release(work.connection, round_id):
        return False
    release.check_release(round_, await store.rounds.facts_for_match(work.connection, round_id))
    release.check_sure(sure=sure)
    await _release(round_, policy, by, work)
    return True


async def _release(round_: Round, policy: Policy, by: str, work: Work) -> None:
    """Make the match of a round and let its offers go out. The round has no match yet, and all its facts are here."""
    applications = await store.applications.standing(work.connection, round_.round_id)
    places = await store.projects.places(work.connection, round_.round_id)
    changes = offers.make_match(applications, places, policy, now=work.now, reply_by=round_.reply_by(work.now))
    stood = [application.application_id for application in applications]
    await store.policies.add_release(work.connection, round_.round_id, Release(policy, by, work.now, stood, places))
    await store.rounds.set_matched(work.connection, round_.round_id, work.now)
    work.publish(
        MatchMade(
            round_id=round_.round_id,
            applications=len(applications),
            places=sum(places.values()),
            offers=sum(change.step.transition == MATCH.name for change in changes),
            policy=policy.value,
        )
    )
    await carry_out(changes, work)
    # After the cut-off the timers of the waiting list have come and gone: it is ended here.
    if work.now >= round_.waiting_list_ends_at:
        await close_waiting_list(round_.round_id, work)
        await settle(round_.round_id, work)
