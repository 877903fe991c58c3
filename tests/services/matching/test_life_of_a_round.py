"""A round in which everybody acts at once, messages come in any order and twice, and two replicas share the work."""

import asyncio
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from shared.contracts.matching import (
    ApplicationUnsuccessful,
    MatchMade,
    OfferDeclined,
    OfferMade,
    PlacementCancelled,
    PlacementConfirmed,
)
from tests.services.matching.driver import Matching, twice_in_any_order
from tests.support.examples import project_withdrawn, round_scheduled
from tests.support.matching import (
    CUT_OFF,
    OFFERS_AT,
    application_received,
    application_withdrawn,
    applications_closed,
    project_approved,
)
from tests.support.running import Start

STUDENTS = [f"S{number}" for number in range(40)]
PROJECTS = [f"P{number}" for number in range(12)]


async def act_at_once(matching: Matching, random: Random) -> None:
    """Students reply to offers, some twice; some withdraw; placements are cancelled; a project is withdrawn."""
    offered = await matching.offers()
    placed = [name for name, state in (await matching.placements()).items() if state == "confirmed"]
    replying = random.sample(offered, len(offered) * 2 // 3)
    withdrawing = random.sample(STUDENTS, 4)
    withdrawals = twice_in_any_order(
        random,
        *(application_withdrawn(each, project) for each in withdrawing for project in random.sample(PROJECTS, 3)),
        *(project_withdrawn(project_id=project) for project in random.sample(PROJECTS, random.randint(0, 1))),
    )
    await asyncio.gather(
        *(matching.reply(name, random.choice(["accept", "accept", "decline"])) for name in replying),
        *(matching.reply(name, "accept") for name in random.sample(replying, len(replying) // 4)),
        *(
            matching.cancel(name, random.choice(["student", "host", "staff"]))
            for name in placed
            if random.random() < 0.2
        ),
        matching.receive(*withdrawals),
    )


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_the_history_of_the_round_is_right(start: Start, seed: int) -> None:
    random = Random(seed)
    matching = Matching(await start("matching", replicas=2))
    wishes = {student: random.sample(PROJECTS, 3) for student in STUDENTS}
    facts = twice_in_any_order(
        random,
        round_scheduled(),
        *(project_approved(project, places=random.randint(1, 3)) for project in PROJECTS),
        *(
            application_received(student, project, preference)
            for student, wished in wishes.items()
            for preference, project in enumerate(wished, start=1)
        ),
        applications_closed(3 * len(STUDENTS)),
        *(application_withdrawn(student, wishes[student][0]) for student in STUDENTS[:5]),
    )
    await matching.receive(*facts)
    for project in PROJECTS:
        shown = await matching.get(f"/rankings/{project}")
        applicants = [applicant["application_id"] for applicant in shown["applicants"]]
        await matching.rank(project, random.sample(applicants, len(applicants) * 4 // 5))

    for moment in (OFFERS_AT, *(OFFERS_AT + timedelta(days=days) for days in (1, 2, 3, 5, 8)), CUT_OFF):
        await matching.step_to(moment)
        await act_at_once(matching, random)
    await matching.step_to(CUT_OFF + timedelta(days=30))

    assert await matching.violations() == []
    assert await matching.service.failures() == []
    assert set((await matching.placements()).values()) == {"completed", "cancelled"}
    assert await matching.offers() == []
    for event in (MatchMade, OfferMade, OfferDeclined, PlacementConfirmed, PlacementCancelled, ApplicationUnsuccessful):
        published = Counter(each.subject for each in await matching.service.published(event))
        assert set(published.values()) == {1}, event
