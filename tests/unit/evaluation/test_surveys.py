"""The workflow of a survey."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.evaluation.rules import surveys
from services.evaluation.rules.questions import QUESTIONS, Answers, answers_of, unanswered
from services.evaluation.rules.surveys import Asked, Standing, State
from shared.contracts.evaluation import Respondent
from shared.refusals import Invalid, NotAllowed
from tests.support.examples import placement_completed

OVER = datetime(2027, 6, 25, 23, 0, tzinfo=UTC)
STUDENT, HOST = surveys.open_surveys(placement_completed(), now=OVER)


def test_both_sides_of_a_completed_placement_are_asked() -> None:
    assert (STUDENT.respondent, STUDENT.respondent_id) == ("student", "S00001")
    assert (HOST.respondent, HOST.respondent_id) == ("host", "H0001")
    assert STUDENT.state is HOST.state is State.OPEN


def test_a_survey_has_the_same_id_however_often_the_completion_is_handled() -> None:
    again, _ = surveys.open_surveys(placement_completed(), now=OVER + timedelta(days=1))

    assert again.survey_id == STUDENT.survey_id
    assert STUDENT.survey_id != HOST.survey_id


def test_a_survey_has_a_reminder_after_a_week_and_closes_after_two() -> None:
    assert surveys.reminder_at(STUDENT) == OVER + timedelta(days=7)
    assert STUDENT.closes_at == OVER + timedelta(days=14)


def test_a_survey_closes_at_the_same_local_time_over_the_change_to_summer_time() -> None:
    friday_night = datetime(2027, 3, 20, 0, 0, tzinfo=UTC)

    survey, _ = surveys.open_surveys(placement_completed(), now=friday_night)

    assert survey.closes_at == datetime(2027, 4, 2, 23, 0, tzinfo=UTC)


def test_an_answer_is_taken_until_just_before_the_close() -> None:
    step = surveys.answer(STUDENT, now=STUDENT.closes_at - timedelta(microseconds=1))

    assert (step.before, step.after, step.by) == (State.OPEN, State.ANSWERED, "respondent")


def test_an_answer_at_the_close_is_too_late_even_if_the_timer_has_not_come() -> None:
    with pytest.raises(NotAllowed, match="closed on 10 July 2027 at 00:00"):
        surveys.answer(STUDENT, now=STUDENT.closes_at)


def test_a_closed_survey_takes_no_answer_at_any_time() -> None:
    closed = replace(STUDENT, state=State.CLOSED)

    with pytest.raises(NotAllowed):
        surveys.answer(closed, now=STUDENT.opened_at)


def test_answers_may_be_replaced() -> None:
    step = surveys.answer(replace(STUDENT, state=State.ANSWERED), now=OVER)

    assert (step.transition, step.before, step.after) == ("answer again", State.ANSWERED, State.ANSWERED)


@pytest.mark.parametrize("respondent", ["student", "host"])
def test_every_field_of_the_answers_has_its_question(respondent: Respondent) -> None:
    assert [question.field for question in QUESTIONS[respondent]] == list(Answers.model_fields)


class TestTheStandingOfASurvey:
    """To be answered, answered, or closed: as the respondent's list shows it."""

    @pytest.mark.parametrize(
        ("state", "after", "standing"),
        [
            (State.OPEN, timedelta(days=1), Standing.TO_ANSWER),
            (State.ANSWERED, timedelta(days=1), Standing.ANSWERED),
            (State.CLOSED, timedelta(days=1), Standing.CLOSED),
            (State.OPEN, timedelta(days=14), Standing.CLOSED),
            (State.ANSWERED, timedelta(days=14), Standing.CLOSED),
        ],
    )
    def test_follows_from_its_state_and_its_close(self, state: State, after: timedelta, standing: Standing) -> None:
        asked = Asked(replace(STUDENT, state=state), None, None, date(2027, 6, 21), date(2027, 6, 25), None)

        assert asked.standing(OVER + after) is standing


def test_every_question_but_the_comment_must_be_answered() -> None:
    questions = QUESTIONS["student"]

    faults = unanswered(questions, {"outcome": 3, "network": None, "recommend": 0})

    assert [fault.field for fault in faults] == ["supervision", "skills_before", "skills_after", "network"]
    assert faults[0].reason == "Choose an answer to question 2."


def test_unanswered_questions_are_reported_before_any_other_fault() -> None:
    questions, given = QUESTIONS["student"], dict.fromkeys(Answers.model_fields, 3) | {"comment": "x" * 5_001}

    with pytest.raises(Invalid) as unfinished:
        answers_of(questions, given | {"network": None})
    with pytest.raises(Invalid) as too_long:
        answers_of(questions, given)

    assert [fault.field for fault in unfinished.value.faults] == ["network"]
    assert [fault.field for fault in too_long.value.faults] == ["comment"]
    assert answers_of(questions, given | {"comment": "Thank you."}).comment == "Thank you."
