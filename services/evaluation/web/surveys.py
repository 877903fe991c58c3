"""Pages on which hosts and students see their surveys, answer them, and read or change their answers."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.evaluation.actions.surveys import answer_survey
from services.evaluation.dependencies import PAGES, WorkIs
from services.evaluation.rules.questions import QUESTIONS, answers_of
from services.evaluation.rules.surveys import Asked, Standing, is_over
from services.evaluation.store import surveys as store
from shared.contracts.evaluation import Respondent
from shared.refusals import Invalid, NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, HostWithSurveyIs, Role, StudentWithSurveyIs, Submitted, redirect

routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@routes.get("/student/surveys")
async def show_students_surveys(request: Request, caller: StudentWithSurveyIs, work: WorkIs) -> Response:
    return await _show_all(request, caller, work)


@routes.get("/host/surveys")
async def show_hosts_surveys(request: Request, caller: HostWithSurveyIs, work: WorkIs) -> Response:
    return await _show_all(request, caller, work)


@routes.get("/student/surveys/{survey_id}")
async def show_students_survey(
    request: Request, survey_id: UUID, caller: StudentWithSurveyIs, work: WorkIs
) -> Response:
    return await _show(request, survey_id, caller, work)


@routes.get("/host/surveys/{survey_id}")
async def show_hosts_survey(request: Request, survey_id: UUID, caller: HostWithSurveyIs, work: WorkIs) -> Response:
    return await _show(request, survey_id, caller, work)


@routes.get("/student/surveys/{survey_id}/change")
async def show_students_answers_to_change(
    request: Request, survey_id: UUID, caller: StudentWithSurveyIs, work: WorkIs
) -> Response:
    return await _show_to_change(request, survey_id, caller, work)


@routes.get("/host/surveys/{survey_id}/change")
async def show_hosts_answers_to_change(
    request: Request, survey_id: UUID, caller: HostWithSurveyIs, work: WorkIs
) -> Response:
    return await _show_to_change(request, survey_id, caller, work)


@routes.post("/student/surveys/{survey_id}")
async def answer_as_student(
    request: Request, survey_id: UUID, caller: StudentWithSurveyIs, form: FormIs, work: WorkIs
) -> Response:
    return await _answer(request, survey_id, caller, form, work)


@routes.post("/host/surveys/{survey_id}")
async def answer_as_host(
    request: Request, survey_id: UUID, caller: HostWithSurveyIs, form: FormIs, work: WorkIs
) -> Response:
    return await _answer(request, survey_id, caller, form, work)


async def _show_all(request: Request, caller: Caller, work: Work) -> Response:
    """All surveys of the caller, those to answer first."""
    asked = await store.asked_of(work.connection, _side(caller), caller.id)
    standing: dict[str, list[Asked]] = {
        each: [one for one in asked if one.standing(work.now) is each] for each in Standing
    }
    return PAGES.answer(request, caller, "surveys.jinja", side=_side(caller), standing=standing)


async def _show(request: Request, survey_id: UUID, caller: Caller, work: Work) -> Response:
    """The form of a survey that is to be answered; for any other survey, its answers."""
    asked = await _asked(work, survey_id, caller)
    if asked.standing(work.now) is Standing.TO_ANSWER:
        return _form(request, caller, asked)
    answers = await store.current_answers(work.connection, survey_id)
    given = answers.model_dump() if answers else None
    return PAGES.answer(
        request,
        caller,
        "survey.jinja",
        side=_side(caller),
        asked=asked,
        questions=QUESTIONS[_side(caller)],
        given=given,
        over=is_over(asked.survey, now=work.now),
        left_to_answer=await _to_answer(work, caller),
    )


async def _show_to_change(request: Request, survey_id: UUID, caller: Caller, work: Work) -> Response:
    """The form with the current answers; once the survey is over, a redirect to the answers."""
    asked = await _asked(work, survey_id, caller)
    answers = await store.current_answers(work.connection, survey_id)
    if answers is None or is_over(asked.survey, now=work.now):
        return redirect(request, _path(asked))
    return _form(request, caller, asked, given=answers.model_dump())


async def _answer(request: Request, survey_id: UUID, caller: Caller, form: Submitted, work: Work) -> Response:
    """Take the answers, in place of earlier ones; if any are missing or wrong, show the form again."""
    asked = await _asked(work, survey_id, caller)
    questions = QUESTIONS[_side(caller)]
    given = {each.field: form.number(each.field) if each.is_scale else form.text(each.field) for each in questions}
    try:
        answers = answers_of(questions, given)
    except Invalid as refused:
        return _form(request, caller, asked, status=422, given=given, faults=refused.faults)
    await answer_survey(survey_id, answers, work)
    return redirect(request, _path(asked), notice="Thank you: we have your answers.")


def _form(request: Request, caller: Caller, asked: Asked, *, status: int = 200, **filled: object) -> Response:
    return PAGES.answer(
        request,
        caller,
        "survey_form.jinja",
        status=status,
        side=_side(caller),
        asked=asked,
        questions=QUESTIONS[_side(caller)],
        action=_path(asked),
        **{"given": {}, "faults": []} | filled,
    )


async def _asked(work: Work, survey_id: UUID, caller: Caller) -> Asked:
    """A survey of the caller; raises `NotFound`, also for the survey of somebody else."""
    asked = await store.asked(work.connection, survey_id)
    if asked is None or (asked.survey.respondent, asked.survey.respondent_id) != (_side(caller), caller.id):
        raise NotFound("You have no such survey.")
    return asked


async def _to_answer(work: Work, caller: Caller) -> int:
    asked = await store.asked_of(work.connection, _side(caller), caller.id)
    return sum(one.standing(work.now) is Standing.TO_ANSWER for one in asked)


def _side(caller: Caller) -> Respondent:
    return "student" if caller.role is Role.STUDENT else "host"


def _path(asked: Asked) -> str:
    return f"/{asked.survey.respondent}/surveys/{asked.survey.survey_id}"
