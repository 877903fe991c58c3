"""The match of a round goes out: at its time, or by staff; and what it leaves ends at the cut-off.

For handlers and routes alike. Whoever calls has locked `rounds.who_holds_what`: whoever else would release it waits,
and then finds it released.
"""

from services.matching import store
from services.matching.allocation import carry_out, say_what_is_left
from services.matching.rules import endings, offers, rounds
from services.matching.rules.life import MATCH
from services.matching.rules.policies import Policy
from services.matching.rules.release import Release
from services.matching.rules.rounds import Round
from shared.contracts.matching import MatchMade
from shared.contracts.rounds import first_round
from shared.runtime.work import Work


async def release_match(work: Work, round_: Round, policy: Policy, *, by: str) -> None:
    """Make the match of a round that has none and whose facts are all there, and let its offers go out."""
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
    await carry_out(work, changes)
    # Where it comes so late that the cut-off has passed, nobody else ends what it leaves.
    if work.now >= round_.waiting_list_ends_at:
        await close_waiting_list(work, round_.round_id)
        await settle(work, round_.round_id)


async def close_waiting_list(work: Work, round_id: str) -> None:
    """End whatever of a round still stands."""
    standing = await store.applications.standing(work.connection, round_id)
    await carry_out(work, endings.end_waiting_list(standing, now=work.now))


async def settle(work: Work, round_id: str) -> None:
    """Once a round is matched and its second has opened, its waiting list ends and what it leaves is said."""
    second = rounds.to_settle(await store.rounds.both(work.connection, round_id), work.now)
    if second:
        await close_waiting_list(work, first_round(round_id))
        await store.rounds.set_settled(work.connection, second.round_id, work.now)
        say_what_is_left(work, round_id, await store.projects.places(work.connection, round_id))
