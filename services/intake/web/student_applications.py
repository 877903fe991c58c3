"""A student's application: its form and CV, the progress of the CV's check, what was sent, and its withdrawal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.intake import rules, store
from services.intake.actions.applying import ProjectView, apply, may_apply, view_project
from services.intake.actions.documents import keep_cv
from services.intake.actions.lookups import own_application
from services.intake.actions.withdrawals import withdraw_own_application
from services.intake.dependencies import PAGES, BeganAt, UnitsAre, WorkIs, page_routes
from services.intake.rules.applications import LONGEST_STATEMENT, Application, ApplicationState
from services.intake.rules.documents import LARGEST_DOCUMENT
from services.intake.rules.prospects import Written
from shared.contracts.faults import Fault
from shared.contracts.fields import ApplicationId, ProjectId
from shared.contracts.message import subject
from shared.contracts.submissions import ApplicationWithdrawal
from shared.database.connection import Connection
from shared.identifiers import new_id
from shared.refusals import Invalid
from shared.runtime.work import Work
from shared.web import Caller, FormIs, StudentIs, Submitted, count_request, is_htmx, model_of, redirect
from shared.web.limits import LONGEST_PERIOD, Rate

routes = page_routes()

EARLIER_CVS = 5
"""How many CVs that were sent before are offered to a student."""


CVS_OF_A_STUDENT = Rate(30, LONGEST_PERIOD)
"""How many CVs a student may send: each is read by a process of its own."""


@dataclass(frozen=True, slots=True)
class Check:
    """An application's place among those in check, and in how many seconds the page asks again."""

    before: int
    seconds: int


@routes.get("/catalogue/{project_id}/application")
async def show_form(request: Request, project_id: ProjectId, student: StudentIs, work: WorkIs) -> Response:
    view = await view_project(project_id, student.id, work, at=work.now)
    if view.prospects.applied:
        return _to_what_was_sent(request, view.prospects.applied.application.application_id)
    if not view.prospects.may_apply:
        return redirect(request, f"/catalogue/{project_id}")
    cvs = await store.documents.cvs_of_student(work.connection, student.id, most=1)
    cv = cvs[0].document_id if cvs else None
    refused = await store.applications.last_refused(work.connection, student.id, project_id)
    preference, statement = refused or (None, "")
    free = view.prospects.preferences
    written = Written(new_id(), preference if preference in free else next(iter(free), None), statement, cv)
    return await _form_page(request, student, view, written, work.connection)


@routes.post("/catalogue/{project_id}/application")
async def send_application(
    request: Request,
    project_id: ProjectId,
    student: StudentIs,
    began_at: BeganAt,
    form: FormIs,
    units: UnitsAre,
) -> Response:
    """Take an application. The answer comes as soon as the form and the CV are kept; a new CV is read afterwards."""
    file = await _file_sent(request, form, student)
    written = Written(
        application_id=_uuid(form.line("application_id")) or new_id(),
        preference=form.number("preference"),
        statement=form.text("statement"),
        cv=_uuid(form.line("cv")),
    )
    attempt = await apply(written, file, project_id, student.id, units, sent_at=began_at)
    if attempt.view.prospects.applied:
        return _to_what_was_sent(request, attempt.view.prospects.applied.application.application_id)
    if attempt.faults:
        again = replace(attempt.written, application_id=new_id())
        async with units.read() as connection:
            return await _form_page(
                request, student, attempt.view, again, connection, status=422, faults=attempt.faults
            )
    return redirect(request, f"/student/forms/{written.application_id}", notice="Your application is sent.")


@routes.post("/catalogue/{project_id}/application/cv")
async def take_cv(
    request: Request, project_id: ProjectId, student: StudentIs, form: FormIs, units: UnitsAre
) -> Response:
    """Keep a CV, and answer with the part of the form that chooses one, with the CV's fault if it is soon known."""
    file = await _file_sent(request, form, student)
    document, faults = None, list[Fault]()
    try:
        document = await keep_cv(file, student.id, units) if file is not None else None
    except Invalid as invalid:
        faults = invalid.faults
    async with units.read() as connection:
        cvs = await store.documents.cvs_of_student(connection, student.id, most=EARLIER_CVS)
    return PAGES.answer(
        request,
        student,
        "application_cv.jinja",
        status=422 if faults else 200,
        project_id=project_id,
        cvs=cvs,
        chosen=document.document_id if document else None,
        kept=document,
        faults=faults,
    )


@routes.get("/student/forms/{application_id}")
async def show_what_was_sent(
    request: Request, application_id: ApplicationId, student: StudentIs, work: WorkIs
) -> Response:
    """What was sent, and its state; for HTMX, only the progress of the CV's check."""
    application = await own_application(application_id, student.id, work)
    check = await _check(application, work) if application.state is ApplicationState.CHECKING else None
    if is_htmx(request):
        if check is None:
            return Response(headers={"HX-Refresh": "true"})
        return PAGES.answer(request, student, "application_check.jinja", application=application, check=check)
    round_ = await store.rounds.find(work.connection, application.round_id)
    history = await store.history.of(work.connection, subject("application", application_id))
    is_refused = application.state is ApplicationState.REFUSED
    return PAGES.answer(
        request,
        student,
        "student_form.jinja",
        application=application,
        check=check,
        faults=await store.applications.faults(work.connection, application_id) if is_refused else [],
        may_apply=is_refused and await may_apply(application.project_id, student.id, work),
        project=await store.catalogue.listing(work.connection, application.project_id),
        round=round_,
        over=round_ is not None and work.now >= rules.rounds.ends_at(round_),
        statement=await store.applications.statement(work.connection, application_id),
        taken_back=next((step for step in history if step["after"] == ApplicationState.WITHDRAWN), None),
    )


@routes.get("/student/forms/{application_id}/withdrawal")
async def show_withdrawal(
    request: Request, application_id: ApplicationId, student: StudentIs, work: WorkIs
) -> Response:
    application = await own_application(application_id, student.id, work)
    if not _stands(application):
        return _to_what_was_sent(request, application_id)
    return await _withdrawal_page(request, student, application, work)


@routes.post("/student/forms/{application_id}/withdrawal")
async def withdraw(
    request: Request, application_id: ApplicationId, student: StudentIs, work: WorkIs, form: FormIs
) -> Response:
    reason = form.text("reason")
    withdrawal, faults = model_of(ApplicationWithdrawal, {"application_id": application_id, "reason": reason})
    if withdrawal is None:
        application = await own_application(application_id, student.id, work)
        return await _withdrawal_page(request, student, application, work, status=422, reason=reason, faults=faults)
    await withdraw_own_application(application_id, student.id, withdrawal.reason, work)
    return redirect(request, f"/student/forms/{application_id}", notice="Your application is taken back.")


async def _check(application: Application, work: Work) -> Check:
    before = await store.applications.before_in_check(work.connection, application)
    return Check(before, rules.applications.seconds_to_look_again(before))


async def _file_sent(request: Request, form: Submitted, student: Caller) -> bytes | None:
    """The CV that came with a form; of one that is too large, only one byte more than the limit is read."""
    file = form.file("file")
    if file is None:
        return None
    count_request(request, "cv", student.id, CVS_OF_A_STUDENT)
    return await file.read(LARGEST_DOCUMENT + 1)


async def _form_page(
    request: Request,
    student: Caller,
    view: ProjectView,
    written: Written,
    connection: Connection,
    *,
    status: int = 200,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    return PAGES.answer(
        request,
        student,
        "application_form.jinja",
        status=status,
        project=view.project,
        project_id=view.project.project_id,
        round=view.round_,
        prospects=view.prospects,
        written=written,
        cvs=await store.documents.cvs_of_student(connection, student.id, most=EARLIER_CVS),
        chosen=written.cv,
        kept=None,
        most_words=LONGEST_STATEMENT,
        faults=list(faults),
    )


async def _withdrawal_page(
    request: Request,
    student: Caller,
    application: Application,
    work: Work,
    *,
    status: int = 200,
    reason: str = "",
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    return PAGES.answer(
        request,
        student,
        "student_withdrawal.jinja",
        status=status,
        application=application,
        project=await store.catalogue.listing(work.connection, application.project_id),
        round=await store.rounds.find(work.connection, application.round_id),
        reason=reason,
        faults=list(faults),
    )


def _stands(application: Application) -> bool:
    return application.state is ApplicationState.RECEIVED


def _to_what_was_sent(request: Request, application_id: str) -> RedirectResponse:
    return redirect(request, f"/student/forms/{application_id}")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
