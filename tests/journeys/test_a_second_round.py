"""Places that a term's round leaves are filled in a second one, by all services over real servers, to its end."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from ninthweek.demonstration.moments import Moment, Stop
from ninthweek.demonstration.playing import play_term
from ninthweek.demonstration.stage import Stage, stage_for
from ninthweek.demonstration.term import Sent, Term, read_term
from ninthweek.settings import AdministratorUrls
from services.intake.rules.rounds import Round
from services.intake.rules.second_rounds import suggested
from shared.contracts.evaluation import SurveyOpened
from shared.contracts.intake import ApplicationReceived, ApplicationsClosed
from shared.contracts.matching import (
    MatchMade,
    OfferDeclined,
    OfferMade,
    PlacementCancelled,
    PlacementCompleted,
    PlacementConfirmed,
    PlacesLeft,
)
from shared.contracts.submissions import ApplicationForm, StudentRecord
from tests.journeys.terms import MadeUpTerm

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAIL_FOLDER", str(tmp_path / "mails"))
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "documents").as_uri())
    return tmp_path / "mails"


async def test_places_that_a_round_leaves_are_filled_in_a_second(
    test_database_url: str, amqp_url: str, tmp_path: Path, mails: Path
) -> None:
    term = read_term(MadeUpTerm(seed=6, students=24).write(tmp_path / "term"))
    answered = term.calendar.offers_at + timedelta(days=term.calendar.reply_within_days)
    async with stage_for(term, AdministratorUrls(test_database_url, amqp_url)) as stage:
        await play_term(term, stage, lambda: None, Stop(Moment.PLACEMENTS, answered))
        second = await set_second_round(stage)
        await go_on_to(stage, second.opens_at)

        places = places_left(stage)
        assert places
        applied = await apply(term, stage, second, places)
        await go_on_to(stage, second.closes_at)
        await rank_as_received(stage, second)
        await go_on_to(stage, second.offers_at)
        assert await accept_all(stage, second)
        await go_on_to(stage, datetime.max.replace(tzinfo=UTC))

        check_what_must_hold(stage, second, places, applied)
    assert any(second.name in subject for subject in subjects_in(mails))


def subjects_in(mails: Path) -> list[str]:
    return [message_from_bytes(mail.read_bytes(), policy=policy.default)["Subject"] for mail in mails.iterdir()]


async def set_second_round(stage: Stage) -> Round:
    (first,) = (await stage.staff.get("/rounds")).json()
    body = suggested(Round(**first)).model_dump(mode="json")
    second = Round(**(await stage.staff.send("POST", "/rounds", body)).json())
    await stage.quiet()
    return second


async def go_on_to(stage: Stage, moment: datetime) -> None:
    """Step from timer to timer, up to a moment; nobody does anything."""
    while (timer := await stage.next_timer()) is not None and timer <= moment:
        stage.step_to(timer)
        await stage.quiet()


def places_left(stage: Stage) -> dict[str, int]:
    return {left.project_id: left.places for event in stage.chronicle.of(PlacesLeft) for left in event.projects}


def holding(stage: Stage) -> set[str]:
    """The students who have a place."""
    ended = {each.application_id for each in stage.chronicle.of(PlacementCancelled)}
    return {each.student_id for each in stage.chronicle.of(PlacementConfirmed) if each.application_id not in ended}


async def apply(term: Term, stage: Stage, second: Round, places: dict[str, int]) -> list[str]:
    """Whoever has no place applies for the first project with one; so does one who has a place, and is refused."""
    students = [each.content for each in term.records if each.kind is StudentRecord]
    free_to_work = [each["student_id"] for each in students if each["visa_weekly_hours"] is None]
    has_a_place = holding(stage)
    waiting = [student for student in free_to_work if student not in has_a_place]
    placed = next(student for student in free_to_work if student in has_a_place)
    project = min(places)
    await stage.outside.publish([form(student, project, second) for student in (*waiting, placed)])
    await stage.quiet()
    received = [each.student_id for each in stage.chronicle.of(ApplicationReceived) if each.round_id == second.round_id]
    assert sorted(received) == sorted(waiting)
    return received


def form(student_id: str, project_id: str, second: Round) -> Sent:
    content = {
        "application_id": f"{student_id}-again",
        "student_id": student_id,
        "project_id": project_id,
        "preference": 1,
        "statement": "I would still like to.",
        "cv": "cvs/one-page.pdf",
    }
    return Sent(ApplicationForm, f"evt-{student_id}-again", second.opens_at + timedelta(minutes=1), content)


async def rank_as_received(stage: Stage, second: Round) -> None:
    received = [each for each in stage.chronicle.of(ApplicationReceived) if each.round_id == second.round_id]
    (project,) = {each.project_id for each in received}
    body = {"application_ids": [each.application_id for each in received]}
    await stage.staff.send("PUT", f"/rankings/{project}", body)
    await stage.quiet()


async def accept_all(stage: Stage, second: Round) -> list[str]:
    offered = [each.application_id for each in stage.chronicle.of(OfferMade) if each.round_id == second.round_id]
    for application_id in offered:
        await stage.staff.send("POST", f"/offers/{application_id}/reply", {"reply": "accept"})
    await stage.quiet()
    return offered


def check_what_must_hold(stage: Stage, second: Round, places: dict[str, int], applied: list[str]) -> None:
    chronicle = stage.chronicle
    closed = {each.round_id: each.applications_received for each in chronicle.of(ApplicationsClosed)}
    assert closed[second.round_id] == len(applied)
    made = {each.round_id: each for each in chronicle.of(MatchMade)}
    assert made[second.round_id].places == sum(places.values())

    project = min(places)
    placed = [each for each in chronicle.of(PlacementConfirmed) if each.round_id == second.round_id]
    assert len(placed) == min(places[project], len(applied))
    gone = {each.application_id for each in (*chronicle.of(OfferDeclined), *chronicle.of(PlacementCancelled))}
    held = Counter(each.student_id for each in chronicle.of(OfferMade) if each.application_id not in gone)
    assert max(held.values()) == 1

    completed = {each.application_id for each in chronicle.of(PlacementCompleted)}
    asked = Counter(each.application_id for each in chronicle.of(SurveyOpened))
    assert {each.application_id for each in placed} <= completed
    assert all(asked[each.application_id] == 2 for each in placed)
