"""Screening against a real broker and a real database."""

import asyncio
from datetime import timedelta
from itertools import permutations
from typing import Any

import httpx
import pytest

from services.screening.rules.reviews import working_days_later
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned, ReviewOverdue
from tests.support.examples import project_submitted, project_withdrawn
from tests.support.running import TOKENS, RunningService, Start


async def decide(
    screening: RunningService, verdict: str, comments: str = "", *, project_id: str = "P0001", revision: int = 1
) -> httpx.Response:
    return await screening.http.post(
        f"/reviews/{project_id}/revisions/{revision}/verdict", json={"verdict": verdict, "comments": comments}
    )


async def queue(screening: RunningService, **filters: str) -> list[dict[str, Any]]:
    answer = await screening.http.get("/reviews", params=filters)
    assert answer.status_code == 200, answer.text
    reviews: list[dict[str, Any]] = answer.json()
    return reviews


async def states(screening: RunningService) -> dict[int, str]:
    """The state of each revision of P0001."""
    answer = await screening.http.get("/reviews/P0001")
    return {review["revision"]: review["state"] for review in answer.json()["revisions"]}


async def test_a_submitted_project_waits_in_the_queue_with_its_findings(screening: RunningService) -> None:
    await screening.receive(project_submitted(scope="Help us."))
    screening.clock.step_to(screening.clock() + timedelta(hours=36))

    (review,) = await queue(screening, state="open", round_id="trinity-2027")

    assert (review["project_id"], review["revision"], review["title"]) == (
        "P0001",
        1,
        "A small tool for river health",
    )
    assert review["waited_days"] == 1.5
    assert not review["overdue"]
    assert [finding["field"] for finding in review["findings"]] == ["scope"]


async def test_the_queue_is_in_order_of_age_and_can_be_filtered_by_state_and_round(screening: RunningService) -> None:
    await screening.receive(project_submitted(project_id="P0002"))
    await screening.step_to(screening.clock() + timedelta(minutes=1))
    await screening.receive(project_submitted(project_id="P0001"))
    await screening.receive(project_submitted(project_id="P0003", round_id="hilary-2027"))
    await decide(screening, "approve", project_id="P0003")

    assert [review["project_id"] for review in await queue(screening, state="open")] == ["P0002", "P0001"]
    assert [review["project_id"] for review in await queue(screening, round_id="hilary-2027")] == ["P0003"]
    assert await queue(screening, state="open", round_id="hilary-2027") == []


async def test_an_approval_is_published_with_places_and_days(screening: RunningService) -> None:
    await screening.receive(project_submitted())

    answer = await decide(screening, "approve")
    await screening.quiet()

    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    (published,) = await screening.published(ProjectApproved)
    assert (published.project_id, published.revision, published.places) == ("P0001", 1, 2)
    assert (published.starts_on.isoformat(), published.ends_on.isoformat()) == ("2027-06-21", "2027-06-25")


async def test_a_returned_project_comes_back_as_a_new_revision_with_its_history(screening: RunningService) -> None:
    await screening.receive(project_submitted())
    await decide(screening, "return", "The outcome is not yet tangible.")
    await screening.receive(project_submitted(revision=2, deliverables=["Working code", "A written report"]))
    await decide(screening, "approve", revision=2)

    shown = (await screening.http.get("/reviews/P0001")).json()

    assert [event.comments for event in await screening.published(ProjectReturned)] == [
        "The outcome is not yet tangible."
    ]
    assert [review["revision"] for review in shown["revisions"]] == [2, 1]
    second, first = shown["revisions"]
    assert first["comments"] == "The outcome is not yet tangible."
    assert [step["transition"] for step in first["history"]] == ["submit", "return"]
    assert [step["transition"] for step in second["history"]] == ["submit", "approve"]
    assert second["changed"] == [
        {
            "field": "deliverables",
            "before": ["Working code with tests", "A one-page user guide"],
            "after": ["Working code", "A written report"],
        }
    ]
    assert first["changed"] == []


async def test_a_decline_is_published_with_its_comments(screening: RunningService) -> None:
    await screening.receive(project_submitted())

    await decide(screening, "decline", "  It is not observable.  ")
    await screening.quiet()

    assert [event.comments for event in await screening.published(ProjectDeclined)] == ["It is not observable."]


@pytest.mark.parametrize("verdict", ["return", "decline"])
async def test_a_return_and_a_decline_need_comments(screening: RunningService, verdict: str) -> None:
    await screening.receive(project_submitted())

    answer = await decide(screening, verdict, " ")

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["faults"]] == ["comments"]
    assert await states(screening) == {1: "open"}


async def test_the_same_verdict_twice_is_answered_the_same_and_published_once(screening: RunningService) -> None:
    await screening.receive(project_submitted())

    answers = await asyncio.gather(*(decide(screening, "approve") for _ in range(5)))
    await screening.quiet()

    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert len(await screening.published(ProjectApproved)) == 1


async def test_of_two_verdicts_at_once_one_stands_and_the_other_is_refused(screening: RunningService) -> None:
    await screening.receive(project_submitted())

    answers = await asyncio.gather(decide(screening, "approve"), decide(screening, "decline", "No."))
    await screening.quiet()

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert "a verdict is not changed afterwards" in refused.json()["detail"]
    assert len(await screening.published_types()) == 1


async def test_a_superseded_revision_takes_no_verdict(screening: RunningService) -> None:
    await screening.receive(project_submitted())
    await screening.receive(project_submitted(revision=2))

    answer = await decide(screening, "approve", revision=1)

    assert answer.status_code == 409
    assert "superseded by a newer one" in answer.json()["detail"]
    assert await states(screening) == {2: "open", 1: "superseded"}


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
async def test_revisions_in_any_order_leave_only_the_newest_open(
    screening: RunningService, order: tuple[int, ...]
) -> None:
    for revision in order:
        await screening.receive(project_submitted(revision=revision))

    assert await states(screening) == {3: "open", 2: "superseded", 1: "superseded"}
    assert await screening.failures() == []


async def test_a_revision_published_twice_is_reviewed_once(screening: RunningService) -> None:
    await screening.receive(project_submitted(), project_submitted())

    assert await states(screening) == {1: "open"}
    assert await screening.failures() == []


async def test_a_withdrawn_project_leaves_the_queue(screening: RunningService) -> None:
    await screening.receive(project_submitted())
    await screening.receive(project_withdrawn())

    assert await queue(screening, state="open") == []
    assert (await screening.http.get("/reviews/P0001")).json()["withdrawn"]
    assert (await decide(screening, "approve")).status_code == 409


async def test_a_withdrawal_may_arrive_before_its_project(screening: RunningService) -> None:
    await screening.receive(project_withdrawn())
    await screening.receive(project_submitted())

    assert await states(screening) == {1: "withdrawn"}


async def test_a_withdrawal_leaves_a_verdict_as_it_was(screening: RunningService) -> None:
    await screening.receive(project_submitted())
    await decide(screening, "approve")
    await screening.receive(project_withdrawn())

    assert await states(screening) == {1: "approved"}


async def test_a_review_that_waits_five_working_days_is_reported_overdue_once(screening: RunningService) -> None:
    opened_at = screening.clock()
    due_at = working_days_later(opened_at, 5)
    await screening.receive(project_submitted())

    await screening.step_to(due_at - timedelta(seconds=1))
    assert await screening.published(ReviewOverdue) == []

    await screening.step_to(due_at)
    await screening.step_to(due_at + timedelta(days=30))
    (published,) = await screening.published(ReviewOverdue)
    assert (published.project_id, published.revision, published.waiting_since) == ("P0001", 1, opened_at)
    assert (await queue(screening))[0]["overdue"]


async def test_a_decided_review_is_never_overdue(screening: RunningService) -> None:
    await screening.receive(project_submitted())
    await decide(screening, "approve")

    await screening.step_to(screening.clock() + timedelta(days=30))

    assert await screening.published(ReviewOverdue) == []
    assert not (await queue(screening))[0]["overdue"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/reviews/P9999/revisions/1/verdict", {"verdict": "approve"}, 404),
        ("/reviews/P0001/revisions/2/verdict", {"verdict": "approve"}, 404),
        ("/reviews/P0001/revisions/0/verdict", {"verdict": "approve"}, 422),
        ("/reviews/P0001/revisions/99999999999999999999/verdict", {"verdict": "approve"}, 422),
        ("/reviews/P%00/revisions/1/verdict", {"verdict": "approve"}, 422),
        ("/reviews/P0001/revisions/1/verdict", {"verdict": "maybe"}, 422),
        ("/reviews/P0001/revisions/1/verdict", {"verdict": "return", "comments": "nul\x00"}, 422),
        ("/reviews/P0001/revisions/1/verdict", {"verdict": "approve", "comment": "misspelt"}, 422),
        ("/reviews/P0001/revisions/1/verdict", {"verdict": "return", "comments": "x" * 2_001}, 422),
    ],
)
async def test_a_verdict_that_makes_no_sense_is_refused(
    screening: RunningService, path: str, body: dict[str, Any], status: int
) -> None:
    await screening.receive(project_submitted())

    answer = await screening.http.post(path, json=body)

    assert answer.status_code == status, answer.text
    assert await states(screening) == {1: "open"}


async def test_an_unknown_project_has_no_reviews(screening: RunningService) -> None:
    assert (await screening.http.get("/reviews/P9999")).status_code == 404


async def test_reviews_are_for_staff(screening: RunningService) -> None:
    portal = {"Authorization": f"Bearer {TOKENS['careers-portal']}"}

    assert (await screening.http.get("/reviews", headers=portal)).status_code == 403
    assert (await screening.http.get("/reviews", headers={"Authorization": ""})).status_code == 401


async def test_two_replicas_share_the_queue_and_open_each_review_once(start: Start) -> None:
    screening = await start("screening", replicas=2)

    await screening.receive(
        *(project_submitted(project_id=f"P{number % 20:04}", revision=1 + number // 20) for number in range(60))
    )

    reviews = await queue(screening)
    assert len(reviews) == 60
    assert {review["revision"] for review in reviews if review["state"] == "open"} == {3}
    assert len([review for review in reviews if review["state"] == "open"]) == 20
    assert await screening.failures() == []
