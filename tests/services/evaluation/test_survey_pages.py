"""Pages on which hosts and students answer surveys, and staff read reports."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import httpx
import pytest

from services.evaluation.rules.surveys import survey_id
from shared.contracts.evaluation import SurveyAnswered
from shared.web.callers import Purpose, Role
from shared.web.sessions import Session
from tests.support.examples import host_registered, placement_completed, project_submitted, round_scheduled
from tests.support.running import RunningService, Start
from tests.support.visitors import browser, host, staff, student

Visit = Callable[..., Awaitable[httpx.AsyncClient]]

STUDENTS = f"/student/surveys/{survey_id('A000001', 'student')}"
HOSTS = f"/host/surveys/{survey_id('A000001', 'host')}"
GIVEN = {
    "outcome": "4",
    "supervision": "5",
    "skills_before": "2",
    "skills_after": "4",
    "network": "3",
    "recommend": "9",
    "comment": "The introductory call came late.",
}


@pytest.fixture
async def evaluation(start: Start) -> RunningService:
    running = await start("evaluation")
    await running.receive(round_scheduled(), host_registered(), project_submitted(), placement_completed())
    return running


@pytest.fixture
async def visit(evaluation: RunningService) -> AsyncIterator[Visit]:
    """Opens browsers, with a session or without."""
    async with AsyncExitStack() as stack:

        async def visit(session: Session | None = None) -> httpx.AsyncClient:
            return await stack.enter_async_context(browser(evaluation.replicas, session))

        yield visit


async def test_a_survey_is_listed_with_its_deadline_and_answered_on_its_page(
    evaluation: RunningService, visit: Visit
) -> None:
    visitor = await visit(student("S00001"))
    listed = await visitor.get("/student/surveys")
    form = await visitor.get(STUDENTS)
    sent = await visitor.post(STUDENTS, data=GIVEN)
    await evaluation.quiet()
    shown = await visitor.get(sent.headers["location"])

    assert STUDENTS in listed.text
    assert "13 days left" in listed.text or "2 weeks left" in listed.text or "14 days left" in listed.text
    assert form.text.count("<fieldset") == 6
    assert (sent.status_code, sent.headers["location"]) == (303, STUDENTS)
    assert "Thank you" in shown.text
    assert "The introductory call came late." in shown.text
    assert len(await evaluation.published(SurveyAnswered)) == 1


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_either_link_opens_the_survey_of_either_side(visit: Visit, purpose: Purpose) -> None:
    assert (await (await visit(student("S00001", purpose))).get(STUDENTS)).status_code == 200
    assert (await (await visit(host("H0001", purpose))).get(HOSTS)).status_code == 200


async def test_unanswered_questions_are_asked_again_and_given_answers_are_kept(
    evaluation: RunningService, visit: Visit
) -> None:
    visitor = await visit(host("H0001"))
    again = await visitor.post(HOSTS, data={"outcome": "5", "network": "9", "comment": "<b>Good</b>"})

    assert again.status_code == 422
    assert again.text.count("Choose an answer to question") == 2 * 4
    assert 'name="outcome" value="5" checked' in again.text
    assert "&lt;b&gt;Good&lt;/b&gt;" in again.text
    assert await evaluation.published(SurveyAnswered) == []


async def test_an_answer_outside_its_scale_is_refused(evaluation: RunningService, visit: Visit) -> None:
    refused = await (await visit(host("H0001"))).post(HOSTS, data=GIVEN | {"network": "9"})

    assert refused.status_code == 422
    assert await evaluation.published(SurveyAnswered) == []


async def test_answers_can_be_changed_until_the_survey_closes(evaluation: RunningService, visit: Visit) -> None:
    visitor = await visit(student("S00001"))
    await visitor.post(STUDENTS, data=GIVEN)

    to_change = await visitor.get(f"{STUDENTS}/change")
    await visitor.post(STUDENTS, data=GIVEN | {"outcome": "1", "comment": ""})
    changed = await visitor.get(STUDENTS)

    assert 'name="outcome" value="4" checked' in to_change.text
    assert "The introductory call came late." not in changed.text

    await evaluation.step_to(evaluation.clock() + timedelta(days=15))
    late = await visitor.post(STUDENTS, data=GIVEN)
    closed = await visitor.get(STUDENTS)

    assert late.status_code == 409
    assert (await visitor.get(f"{STUDENTS}/change")).status_code == 303
    assert "change" not in closed.text
    assert "<strong>1</strong>" in closed.text
    assert len(await evaluation.published(SurveyAnswered)) == 1


async def test_a_closed_survey_without_an_answer_says_so(evaluation: RunningService, visit: Visit) -> None:
    await evaluation.step_to(evaluation.clock() + timedelta(days=15))
    visitor = await visit(host("H0001"))

    assert "without an answer of yours" in (await visitor.get(HOSTS)).text
    assert "Not answered" in (await visitor.get("/host/surveys")).text


@pytest.mark.parametrize("act", ["get", "post", "change"])
async def test_another_persons_survey_is_not_found(evaluation: RunningService, visit: Visit, act: str) -> None:
    others = [
        (student("S00002"), STUDENTS),
        (student("S00001"), STUDENTS.replace(STUDENTS[-36:], HOSTS[-36:])),
        (host("H0002"), HOSTS),
    ]
    for session, path in others:
        visitor = await visit(session)
        answer = await (
            visitor.post(path, data=GIVEN) if act == "post" else visitor.get(path if act == "get" else f"{path}/change")
        )
        assert answer.status_code == 404
    assert await evaluation.published(SurveyAnswered) == []


async def test_a_student_without_a_survey_is_shown_when_there_will_be_one(visit: Visit) -> None:
    listed = await (await visit(student("S00002"))).get("/student/surveys")

    assert "No survey yet" in listed.text
    assert STUDENTS not in listed.text


async def test_a_viewer_reads_the_report_in_the_common_layout_and_as_a_standalone_page(visit: Visit) -> None:
    visitor = await visit(staff(Role.VIEWER))

    listed = await visitor.get("/staff/reports")
    in_layout = await visitor.get("/staff/reports/trinity-2027")
    standalone = await visitor.get("/reports/trinity-2027.html")

    assert "/staff/reports/trinity-2027" in listed.text
    assert "1 placement was completed" in in_layout.text
    assert "<style" not in in_layout.text
    assert "style-src 'sha256-" in standalone.headers["content-security-policy"]
    assert "unsafe" not in standalone.headers["content-security-policy"]
    assert (await visitor.get("/staff/reports/hilary-2027")).status_code == 404
