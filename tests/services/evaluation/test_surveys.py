"""Surveys against a real broker and a real database."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.evaluation.rules.surveys import survey_id
from shared.contracts.evaluation import SurveyAnswered, SurveyClosed, SurveyOpened, SurveyUnanswered
from tests.support.examples import host_registered, placement_completed, project_submitted
from tests.support.running import TOKENS, RunningService, Start

ANSWERS = {
    "outcome": 4,
    "supervision": 5,
    "skills_before": 2,
    "skills_after": 4,
    "network": 3,
    "recommend": 9,
    "comment": "The introductory call came late.",
}
STUDENTS_SURVEY = survey_id("A000001", "student")
HOSTS_SURVEY = survey_id("A000001", "host")


@pytest.fixture
async def evaluation(start: Start) -> RunningService:
    return await start("evaluation")


async def answer(evaluation: RunningService, **changes: Any) -> httpx.Response:
    return await evaluation.http.post(f"/surveys/{STUDENTS_SURVEY}/answers", json=ANSWERS | changes)


async def states(evaluation: RunningService) -> dict[str, str]:
    surveys = (await evaluation.http.get("/surveys", params={"application_id": "A000001"})).json()
    return {survey["respondent"]: survey["state"] for survey in surveys}


async def test_both_sides_of_a_completed_placement_are_asked(evaluation: RunningService) -> None:
    over = evaluation.clock()
    await evaluation.receive(placement_completed())

    published = await evaluation.published(SurveyOpened)

    assert [(event.respondent, event.respondent_id) for event in published] == [
        ("student", "S00001"),
        ("host", "H0001"),
    ]
    assert {event.survey_id for event in published} == {STUDENTS_SURVEY, HOSTS_SURVEY}
    assert {event.closes_at - over for event in published} <= {timedelta(days=14), timedelta(days=14, hours=-1)}
    assert await states(evaluation) == {"student": "open", "host": "open"}


async def test_a_placement_that_is_published_as_completed_twice_gets_its_surveys_once(
    evaluation: RunningService,
) -> None:
    await evaluation.receive(placement_completed(), placement_completed())

    assert len(await evaluation.published(SurveyOpened)) == 2
    assert await evaluation.failures() == []


async def test_a_survey_is_shown_with_its_questions_project_and_host(evaluation: RunningService) -> None:
    await evaluation.receive(placement_completed())
    before = (await evaluation.http.get(f"/surveys/{HOSTS_SURVEY}")).json()
    await evaluation.receive(project_submitted(), host_registered())
    shown = (await evaluation.http.get(f"/surveys/{HOSTS_SURVEY}")).json()

    assert (before["project_title"], before["organisation"]) == (None, None)
    assert (shown["project_title"], shown["organisation"]) == (
        "A small tool for river health",
        "Brown & Brown Museum",
    )
    assert [question["field"] for question in shown["questions"]] == list(ANSWERS)
    assert shown["answers"] is None


async def test_a_respondent_who_has_not_answered_after_a_week_is_reminded_once(evaluation: RunningService) -> None:
    await evaluation.receive(placement_completed())
    await answer(evaluation)

    await evaluation.step_to(evaluation.clock() + timedelta(days=8))

    (published,) = await evaluation.published(SurveyUnanswered)
    assert (published.respondent, published.survey_id) == ("host", HOSTS_SURVEY)


async def test_surveys_close_after_two_weeks_and_publish_whether_they_were_answered(evaluation: RunningService) -> None:
    await evaluation.receive(placement_completed())
    await answer(evaluation)
    closes_at = (await evaluation.published(SurveyOpened))[0].closes_at

    await evaluation.step_to(closes_at - timedelta(seconds=1))
    assert await evaluation.published(SurveyClosed) == []

    await evaluation.step_to(closes_at)
    closed = await evaluation.published(SurveyClosed)
    assert {event.respondent: event.answered for event in closed} == {"student": True, "host": False}
    assert await states(evaluation) == {"student": "closed", "host": "closed"}


async def test_an_answer_after_the_close_is_refused(evaluation: RunningService) -> None:
    await evaluation.receive(placement_completed())
    await evaluation.step_to(evaluation.clock() + timedelta(days=15))

    late = await answer(evaluation)

    assert late.status_code == 409
    assert "no more answers are taken" in late.json()["detail"]
    assert await evaluation.published(SurveyAnswered) == []


async def test_the_same_answers_twice_are_taken_once(evaluation: RunningService) -> None:
    await evaluation.receive(placement_completed())

    answers = await asyncio.gather(*(answer(evaluation) for _ in range(5)))
    await evaluation.quiet()

    assert {given.status_code for given in answers} == {200}
    assert {given.json()["state"] for given in answers} == {"answered"}
    assert len(await evaluation.published(SurveyAnswered)) == 1
    assert await evaluation.connection.fetchval("select count(*) from answers") == 1


async def test_new_answers_replace_earlier_ones_and_the_history_is_kept(evaluation: RunningService) -> None:
    await evaluation.receive(placement_completed())
    await answer(evaluation)
    await answer(evaluation, outcome=1, comment="On reflection.")
    await evaluation.quiet()

    shown = (await evaluation.http.get(f"/surveys/{STUDENTS_SURVEY}")).json()

    assert shown["answers"] == ANSWERS | {"outcome": 1, "comment": "On reflection."}
    assert await evaluation.connection.fetchval("select count(*) from answers") == 2
    steps = await evaluation.connection.fetch(
        "select transition from survey_steps where survey_id = $1 order by id", STUDENTS_SURVEY
    )
    assert [step["transition"] for step in steps] == ["open", "answer", "answer again"]
    assert len(await evaluation.published(SurveyAnswered)) == 1


async def test_all_faults_of_the_answers_are_named_at_once(evaluation: RunningService) -> None:
    await evaluation.receive(placement_completed())

    refused = await evaluation.http.post(
        f"/surveys/{STUDENTS_SURVEY}/answers",
        json={"outcome": 0, "supervision": 6, "skills_before": "3", "network": True, "recommend": 11, "mood": 1},
    )

    assert refused.status_code == 422
    assert {fault["field"] for fault in refused.json()["faults"]} == {
        "outcome",
        "supervision",
        "skills_before",
        "skills_after",
        "network",
        "recommend",
        "mood",
    }
    assert await states(evaluation) == {"student": "open", "host": "open"}


@pytest.mark.parametrize("comment", ["nul\x00", "lone \ud800", "x" * 5_001])
async def test_a_comment_that_cannot_be_stored_is_refused(evaluation: RunningService, comment: str) -> None:
    await evaluation.receive(placement_completed())

    refused = await evaluation.http.post(
        f"/surveys/{STUDENTS_SURVEY}/answers",
        content=json.dumps(ANSWERS | {"comment": comment}),
        headers={"Content-Type": "application/json"},
    )

    assert refused.status_code == 422, refused.text
    assert [fault["field"] for fault in refused.json()["faults"]] == ["comment"]


async def test_surveys_are_listed_by_state_and_round(evaluation: RunningService) -> None:
    await evaluation.receive(
        placement_completed(), placement_completed(application_id="A000002", round_id="hilary-2027")
    )
    await answer(evaluation)

    async def listed(**filters: str) -> list[tuple[str, str]]:
        found = (await evaluation.http.get("/surveys", params=filters)).json()
        return [(survey["application_id"], survey["respondent"]) for survey in found]

    assert await listed(round_id="hilary-2027") == [("A000002", "student"), ("A000002", "host")]
    assert await listed(state="answered") == [("A000001", "student")]
    assert await listed(state="open", round_id="trinity-2027") == [("A000001", "host")]
    assert len(await listed()) == 4


async def test_an_unknown_survey_is_not_found(evaluation: RunningService) -> None:
    assert (await evaluation.http.get(f"/surveys/{STUDENTS_SURVEY}")).status_code == 404
    assert (await answer(evaluation)).status_code == 404
    assert (await evaluation.http.get("/surveys/not-an-id")).status_code == 422


async def test_the_api_of_surveys_and_reports_is_not_for_other_systems(evaluation: RunningService) -> None:
    portal = {"Authorization": f"Bearer {TOKENS['careers-portal']}"}

    assert (await evaluation.http.get("/surveys", headers=portal)).status_code == 403
    assert (await evaluation.http.get("/reports/trinity-2027", headers=portal)).status_code == 403
