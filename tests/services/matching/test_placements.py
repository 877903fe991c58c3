"""Placements, to their end."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.matching import PlacementCancelled, PlacementCompleted
from tests.services.matching.driver import Matching
from tests.support.examples import project_withdrawn
from tests.support.matching import DAYS, OFFERS_AT, application_withdrawn, project_approved

LAST_MIDNIGHT = datetime(2027, 6, 25, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def a_placement(matching: Matching) -> None:
    """S1 has the one place of P1; S2 waits for it."""
    await matching.match({"S1": ["P1"], "S2": ["P1"]}, {"P1": ["S1", "S2"]})
    await matching.reply("S1-P1", "accept")


async def test_a_placement_completes_at_the_local_midnight_after_its_last_day(matching: Matching) -> None:
    await matching.step_to(LAST_MIDNIGHT - timedelta(microseconds=1))
    assert await matching.placements() == {"S1-P1": "confirmed"}

    await matching.step_to(LAST_MIDNIGHT)

    assert await matching.placements() == {"S1-P1": "completed"}
    (completed,) = await matching.service.published(PlacementCompleted)
    assert (completed.application_id, completed.starts_on, completed.ends_on) == ("S1-P1", DAYS.starts_on, DAYS.ends_on)
    assert await matching.violations() == []


@pytest.mark.parametrize("by", ["student", "host", "staff"])
async def test_a_cancelled_placement_is_published_and_its_place_offered_on(matching: Matching, by: str) -> None:
    answer = await matching.cancel("S1-P1", by, "Our plans have changed.")

    assert answer.json()["state"] == "cancelled"
    (cancelled,) = await matching.service.published(PlacementCancelled)
    assert (cancelled.application_id, cancelled.by, cancelled.reason) == ("S1-P1", by, "Our plans have changed.")
    assert await matching.offers() == ["S2-P1"]
    assert await matching.get("/placements/S1-P1") == answer.json()
    await matching.step_to(LAST_MIDNIGHT)
    assert await matching.service.published(PlacementCompleted) == []
    assert await matching.violations() == []


async def test_cancelling_again_is_answered_the_same_and_published_once(matching: Matching) -> None:
    first = await matching.cancel("S1-P1", "host")
    again = await matching.cancel("S1-P1", "host")

    assert (again.status_code, again.json()) == (200, first.json())
    assert len(await matching.service.published(PlacementCancelled)) == 1


async def test_a_withdrawn_application_cancels_its_placement(matching: Matching) -> None:
    await matching.receive(application_withdrawn("S1", "P1", reason="I am ill."))

    (cancelled,) = await matching.service.published(PlacementCancelled)
    assert (cancelled.application_id, cancelled.by, cancelled.reason) == ("S1-P1", "student", "I am ill.")
    assert await matching.offers() == ["S2-P1"]


async def test_a_withdrawn_project_cancels_its_placements_and_offers_nothing_on(matching: Matching) -> None:
    await matching.receive(project_withdrawn(project_id="P1"))

    (cancelled,) = await matching.service.published(PlacementCancelled)
    assert (cancelled.application_id, cancelled.by) == ("S1-P1", "host")
    assert await matching.offers() == []
    assert await matching.violations() == []


async def test_a_placement_that_is_over_is_not_cancelled(matching: Matching) -> None:
    await matching.step_to(LAST_MIDNIGHT)

    assert (await matching.cancel("S1-P1", "host")).status_code == 409
    await matching.receive(application_withdrawn("S1", "P1"), project_withdrawn(project_id="P1"))
    assert await matching.placements() == {"S1-P1": "completed"}


async def test_a_placement_keeps_the_days_on_which_it_was_confirmed(matching: Matching) -> None:
    moved = DAYS.starts_on + timedelta(days=1)
    await matching.receive(project_approved("P1", revision=2, starts_on=moved, ends_on=moved + timedelta(days=1)))

    await matching.step_to(LAST_MIDNIGHT)

    (completed,) = await matching.service.published(PlacementCompleted)
    assert (completed.starts_on, completed.ends_on) == (DAYS.starts_on, DAYS.ends_on)


async def test_placements_are_listed_by_round_and_state(matching: Matching) -> None:
    (placement,) = await matching.get("/placements", state="confirmed")

    assert placement == {
        "application_id": "S1-P1",
        "round_id": "trinity-2027",
        "student_id": "S1",
        "project_id": "P1",
        "host_id": "H-P1",
        "state": "confirmed",
        "starts_on": "2027-06-21",
        "ends_on": "2027-06-25",
        "confirmed_at": OFFERS_AT.isoformat().replace("+00:00", "Z"),
        "attendance": [],
        "did_not_come": False,
    }
    assert await matching.get("/placements", state="completed") == []
    assert await matching.get("/placements", round_id="hilary-2027") == []


async def test_without_an_accepted_offer_there_is_no_placement(matching: Matching) -> None:
    assert (await matching.service.http.get("/placements/S2-P1")).status_code == 404
    assert (await matching.cancel("S2-P1", "host")).status_code == 404
    assert (await matching.cancel("S1-P1", "nobody")).status_code == 422
