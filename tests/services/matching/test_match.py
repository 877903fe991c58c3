"""The match: when it is made, on which facts, and what it publishes."""

import asyncio
from datetime import datetime, timedelta
from random import Random

import pytest

from services.matching.handlers import match_round
from services.matching.messages import OffersDue
from shared.contracts.matching import ApplicationUnsuccessful, ApplicationWaitlisted, MatchMade, OfferMade
from shared.contracts.message import Event
from shared.runtime import NotYet
from tests.services.matching.driver import Matching, twice_in_any_order
from tests.support.examples import ROUND, project_withdrawn, round_scheduled
from tests.support.matching import (
    CUT_OFF,
    OFFERS_AT,
    REPLY_BY,
    application_received,
    application_withdrawn,
    applications_closed,
    project_approved,
)

WISHES = {"S1": ["P1", "P2"], "S2": ["P1", "P2"], "S3": ["P1"], "S4": ["P2"]}
RANKINGS = {"P1": ["S2", "S1", "S3"], "P2": ["S1", "S2"]}


async def the_match_waits_for(*missing: Event, matching: Matching, moment: datetime = OFFERS_AT) -> None:
    """Step to the moment while facts are missing, and let them arrive only then."""
    async with matching.service.replicas[0].units_of_work.open() as work:
        with pytest.raises(NotYet):
            await match_round(OffersDue(round_id=ROUND, offers_at=OFFERS_AT), work)
    coming = asyncio.create_task(matching.step_to(moment))
    await matching.receive(*missing)
    await coming


async def test_when_offers_are_due_the_stable_match_is_published(matching: Matching) -> None:
    await matching.match(WISHES, RANKINGS)

    (made,) = await matching.service.published(MatchMade)
    assert (made.applications, made.places, made.offers) == (6, 2, 2)
    offers = await matching.service.published(OfferMade)
    assert {offer.application_id for offer in offers} == {"S2-P1", "S1-P2"}
    assert {offer.reply_by for offer in offers} == {REPLY_BY}
    assert [each.application_id for each in await matching.service.published(ApplicationWaitlisted)] == ["S3-P1"]
    unsuccessful = await matching.service.published(ApplicationUnsuccessful)
    assert [(each.application_id, each.cause) for each in unsuccessful] == [("S4-P2", "not_suitable")]
    assert await matching.violations() == []


async def test_before_offers_are_due_nothing_is_matched(matching: Matching) -> None:
    await matching.prepare(WISHES, RANKINGS)
    await matching.step_to(OFFERS_AT - timedelta(microseconds=1))

    assert await matching.offers() == []


async def test_the_match_waits_until_applications_are_closed(matching: Matching) -> None:
    await matching.receive(round_scheduled(), project_approved("P1"), application_received("S1", "P1"))
    await matching.rank("P1", ["S1-P1"])
    await the_match_waits_for(applications_closed(1), matching=matching)

    assert await matching.offers() == ["S1-P1"]


async def test_the_match_waits_for_as_many_applications_as_were_received(matching: Matching) -> None:
    await matching.receive(round_scheduled(), project_approved("P1"), applications_closed(2))
    await matching.receive(application_received("S1", "P1"), application_withdrawn("S2", "P1"))
    await matching.rank("P1", ["S1-P1"])
    await the_match_waits_for(application_received("S2", "P1"), matching=matching)

    assert await matching.offers() == ["S1-P1"]
    assert await matching.service.failures() == []


async def test_the_match_waits_for_the_project_of_each_application(matching: Matching) -> None:
    await matching.receive(round_scheduled(), project_approved("P1"), applications_closed(2))
    await matching.receive(application_received("S1", "P1"), application_received("S2", "P2"))
    await matching.rank("P1", ["S1-P1"])
    await the_match_waits_for(project_approved("P2"), matching=matching)

    assert await matching.offers() == ["S1-P1"]


async def test_a_round_moved_to_later_is_matched_then(matching: Matching) -> None:
    await matching.prepare(WISHES, RANKINGS)
    later = OFFERS_AT + timedelta(days=1)
    await matching.receive(round_scheduled(round_version=2, offers_at=later))

    await matching.step_to(OFFERS_AT)
    assert await matching.offers() == []
    await matching.step_to(later)
    assert len(await matching.offers()) == 2


async def test_a_round_moved_to_earlier_is_matched_then_and_not_again(matching: Matching) -> None:
    await matching.prepare(WISHES, RANKINGS)
    earlier = OFFERS_AT - timedelta(days=1)
    await matching.receive(round_scheduled(round_version=2, offers_at=earlier))

    await matching.step_to(earlier)
    assert len(await matching.offers()) == 2
    await matching.step_to(OFFERS_AT)
    assert len(await matching.service.published(MatchMade)) == 1


async def test_an_older_version_of_a_round_changes_nothing(matching: Matching) -> None:
    await matching.receive(round_scheduled(round_version=2, offers_at=OFFERS_AT + timedelta(days=1)))
    await matching.prepare(WISHES, RANKINGS)

    await matching.step_to(OFFERS_AT)

    assert await matching.offers() == []


async def test_a_round_without_applications_is_matched_too(matching: Matching) -> None:
    await matching.receive(round_scheduled(), applications_closed(0))
    await matching.step_to(OFFERS_AT)

    (made,) = await matching.service.published(MatchMade)
    assert (made.applications, made.places, made.offers) == (0, 0, 0)


async def test_if_the_last_facts_arrive_after_the_cut_off_the_match_ends_the_waiting_list(matching: Matching) -> None:
    await matching.receive(round_scheduled(), project_approved("P1"), applications_closed(3))
    await matching.receive(application_received("S1", "P1"), application_received("S2", "P1"))
    await matching.rank("P1", ["S1-P1", "S2-P1"])
    await the_match_waits_for(application_received("S3", "P1"), matching=matching, moment=CUT_OFF)

    assert await matching.offers() == ["S1-P1"]
    causes = {each.application_id: each.cause for each in await matching.service.published(ApplicationUnsuccessful)}
    assert causes == {"S2-P1": "no_place", "S3-P1": "not_suitable"}
    assert await matching.violations() == []


@pytest.mark.parametrize("seed", range(3))
async def test_the_match_is_the_same_in_whatever_order_and_however_often_its_facts_arrive(
    matching: Matching, seed: int
) -> None:
    facts = twice_in_any_order(
        Random(seed),
        round_scheduled(),
        *(project_approved(project) for project in ("P1", "P2", "P3")),
        project_withdrawn(project_id="P3"),
        *(
            application_received(student, project, preference)
            for student, wished in {**WISHES, "S5": ["P3", "P1"]}.items()
            for preference, project in enumerate(wished, start=1)
        ),
        application_withdrawn("S5", "P1"),
        applications_closed(8),
    )

    await matching.receive(*facts)
    for project, students in RANKINGS.items():
        await matching.rank(project, [f"{student}-{project}" for student in students])
    await matching.step_to(OFFERS_AT)

    assert sorted(await matching.offers()) == ["S1-P2", "S2-P1"]
    causes = {each.application_id: each.cause for each in await matching.service.published(ApplicationUnsuccessful)}
    assert causes == {"S4-P2": "not_suitable", "S5-P3": "project_withdrawn"}
    assert len(await matching.service.published(MatchMade)) == 1
    assert await matching.violations() == []
    assert await matching.service.failures() == []
