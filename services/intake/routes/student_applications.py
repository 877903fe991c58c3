"""A student applies: the form and the CV, how the check of the CV stands, what was sent, and its withdrawal."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.intake import rules, store
from services.intake.applying import Before, apply_from_page, before_applying, subjects
from services.intake.documents import DocumentStore
from services.intake.routes.catalogue import NOT_LISTED
from services.intake.routes.documents import InDocuments
from services.intake.routes.door import BeganAt, InIntake
from services.intake.routes.looks import pages
from services.intake.rules.applications import LONGEST_STATEMENT, Application, ApplicationState
from services.intake.rules.documents import LARGEST_DOCUMENT, Content, Document
from services.intake.rules.submissions import PAGES
from services.intake.withdrawals import withdraw_application
from shared.contracts.faults import Fault
from shared.contracts.fields import ApplicationId, ProjectId
from shared.contracts.message import subject
from shared.contracts.submissions import ApplicationWithdrawal
from shared.identifiers import new_id
from shared.refusals import NotFound, Unavailable
from shared.runtime.work import UnitsOfWork, Work
from shared.web import Caller, FormIs, StudentIs, Submitted, is_htmx, knock, model_of, redirect
from shared.web.door import units_of

routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

EARLIER_CVS = 5
"""CVs sent before that a student is offered to send again."""


CVS_OF_A_STUDENT = "30/hour"
"""That a student may send: each is read by a process of its own."""


SECONDS_TO_SAY = 1.0
"""That somebody who chooses a CV is kept waiting for what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Check:
    """Where an application is in the queue: so many are before it, and when to look again."""

    before: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Written:
    """What a student has written so far. The id makes two clicks one application."""

    application_id: UUID
    preference: int | None
    statement: str
    cv: UUID | None


@routes.get("/catalogue/{project_id}/application")
async def show_form(request: Request, project_id: ProjectId, student: StudentIs, work: InIntake) -> Response:
    before = await _before(project_id, student, work, at=work.now)
    if before.prospects.applied:
        return _to_what_was_sent(request, before.prospects.applied.application.application_id)
    if not before.prospects.may_apply:
        return redirect(request, f"/catalogue/{project_id}")
    cvs = await store.documents.cvs_of_student(work.connection, student.id, most=1)
    cv = cvs[0].document_id if cvs else None
    refused = await store.applications.last_refused(work.connection, student.id, project_id)
    preference, statement = refused or (None, "")
    free = before.prospects.preferences
    written = Written(new_id(), preference if preference in free else next(iter(free), None), statement, cv)
    return await _form_page(request, student, before, written, work)


@routes.post("/catalogue/{project_id}/application")
async def apply(
    request: Request,
    project_id: ProjectId,
    student: StudentIs,
    began_at: BeganAt,
    form: FormIs,
    documents: InDocuments,
) -> Response:
    """Answered as soon as form and CV are kept; a CV that was not read before is read afterwards."""
    sent, fault = await _file_sent(request, form, student, documents)
    cv = new_id() if sent else _uuid(form.line("cv"))
    written = Written(
        _uuid(form.line("application_id")) or new_id(), form.number("preference"), form.text("statement"), cv
    )
    async with units_of(request).open() as work:
        await work.lock(*subjects(str(written.application_id), student.id, project_id, str(cv)))
        before = await _before(project_id, student, work, at=began_at)
        if before.prospects.applied:
            return _to_what_was_sent(request, before.prospects.applied.application.application_id)
        if sent and cv:
            await store.documents.add(work.connection, cv, sent, source=PAGES, at=work.now, student_id=student.id)
        faults = [fault] if fault else await _apply(written, student, before, work, sent_at=began_at)
        if faults:
            again = Written(new_id(), written.preference, written.statement, written.cv)
            return await _form_page(request, student, before, again, work, status=422, faults=faults)
    return redirect(request, f"/student/forms/{written.application_id}", said="Your application is sent.")


@routes.post("/catalogue/{project_id}/application/cv")
async def take_cv(
    request: Request, project_id: ProjectId, student: StudentIs, form: FormIs, documents: InDocuments
) -> Response:
    """Keep a CV, and say what is wrong with it if that is soon known: the part of the form that chooses one."""
    sent, fault = await _file_sent(request, form, student, documents)
    document = await _kept_and_read(sent, student, documents, units_of(request)) if sent else None
    reason = rules.documents.fault_in_pages(document) if document else None
    faults = [Fault(field="cv", reason=reason)] if reason else [fault] if fault else []
    async with units_of(request).read() as connection:
        cvs = await store.documents.cvs_of_student(connection, student.id, most=EARLIER_CVS)
    return pages.answer(
        request,
        student,
        "application_cv.jinja",
        status=422 if faults else 200,
        project_id=project_id,
        cvs=cvs,
        chosen=document.document_id if document and not faults else None,
        kept=document if not faults else None,
        faults=faults,
    )


@routes.get("/student/forms/{application_id}")
async def show_what_was_sent(
    request: Request, application_id: ApplicationId, student: StudentIs, work: InIntake
) -> Response:
    """What was sent, and how it stands; HTMX asks for how its check stands alone."""
    application = await _own(application_id, student, work)
    check = await _check(application, work) if application.state is ApplicationState.CHECKING else None
    if is_htmx(request):
        if check is None:
            return Response(headers={"HX-Refresh": "true"})
        return pages.answer(request, student, "application_check.jinja", application=application, check=check)
    round_ = await store.rounds.find(work.connection, application.round_id)
    history = await store.history.of(work.connection, subject("application", application_id))
    faults, may_apply = [], False
    if application.state is ApplicationState.REFUSED:
        faults = await store.applications.faults(work.connection, application_id)
        before = await before_applying(application.project_id, student.id, work, at=work.now)
        may_apply = before is not None and before.prospects.may_apply
    return pages.answer(
        request,
        student,
        "student_form.jinja",
        application=application,
        check=check,
        faults=faults,
        may_apply=may_apply,
        project=await store.catalogue.listing(work.connection, application.project_id),
        round=round_,
        over=round_ is not None and work.now >= rules.rounds.ends_at(round_),
        statement=await store.applications.statement(work.connection, application_id),
        taken_back=next((step for step in history if step["after"] == ApplicationState.WITHDRAWN), None),
    )


@routes.get("/student/forms/{application_id}/withdrawal")
async def show_withdrawal(
    request: Request, application_id: ApplicationId, student: StudentIs, work: InIntake
) -> Response:
    application = await _own(application_id, student, work)
    if not _stands(application):
        return _to_what_was_sent(request, application_id)
    return await _withdrawal_page(request, student, application, work)


@routes.post("/student/forms/{application_id}/withdrawal")
async def withdraw(
    request: Request, application_id: ApplicationId, student: StudentIs, work: InIntake, form: FormIs
) -> Response:
    await work.lock(subject("application", application_id))
    application = await _own(application_id, student, work)
    reason = form.text("reason")
    withdrawal, faults = model_of(ApplicationWithdrawal, {"application_id": application_id, "reason": reason})
    if withdrawal is None:
        return await _withdrawal_page(request, student, application, work, status=422, reason=reason, faults=faults)
    await withdraw_application(application, withdrawal.reason, work)
    return redirect(request, f"/student/forms/{application_id}", said="Your application is taken back.")


async def _check(application: Application, work: Work) -> Check:
    before = await store.applications.before_in_check(work.connection, application)
    return Check(before, rules.applications.seconds_to_look_again(before))


async def _before(project_id: str, student: Caller, work: Work, *, at: datetime) -> Before:
    before = await before_applying(project_id, student.id, work, at=at)
    if before is None:
        raise NotFound(NOT_LISTED)
    return before


async def _apply(written: Written, student: Caller, before: Before, work: Work, *, sent_at: datetime) -> list[Fault]:
    content = {
        "application_id": str(written.application_id),
        "student_id": student.id,
        "project_id": before.project.project_id,
        "preference": written.preference,
        "statement": written.statement,
        "cv": None if written.cv is None else str(written.cv),
    }
    return await apply_from_page(content, before, work, sent_at=sent_at)


async def _file_sent(
    request: Request, form: Submitted, student: Caller, documents: DocumentStore
) -> tuple[Content | None, Fault | None]:
    """The CV that came with a form, its bytes kept whatever they are, and what is wrong with it before it is read."""
    file = form.file("file")
    if file is None:
        return None, None
    knock(request, "cv", student.id, CVS_OF_A_STUDENT)
    data = await file.read(LARGEST_DOCUMENT + 1)
    if len(data) > LARGEST_DOCUMENT:
        return None, Fault(field="cv", reason=rules.documents.TOO_LARGE)
    return await documents.put(data), None


async def _kept_and_read(sent: Content, student: Caller, documents: DocumentStore, units: UnitsOfWork) -> Document:
    """The student's document; unread where that takes long, since it is read before it counts."""
    async with units.open() as work:
        document = await store.documents.add(
            work.connection, new_id(), sent, source=PAGES, at=work.now, student_id=student.id
        )
    try:
        async with asyncio.timeout(SECONDS_TO_SAY):
            return await documents.read(document, units)
    except (TimeoutError, Unavailable):
        return document


async def _form_page(
    request: Request,
    student: Caller,
    before: Before,
    written: Written,
    work: Work,
    *,
    status: int = 200,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    return pages.answer(
        request,
        student,
        "application_form.jinja",
        status=status,
        project=before.project,
        project_id=before.project.project_id,
        round=before.round_,
        prospects=before.prospects,
        written=written,
        cvs=await store.documents.cvs_of_student(work.connection, student.id, most=EARLIER_CVS),
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
    return pages.answer(
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


async def _own(application_id: str, student: Caller, work: Work) -> Application:
    """The application; another student's is not found, as if there were none."""
    application = await store.applications.find(work.connection, application_id)
    if application is None or application.student_id != student.id:
        raise NotFound("You have made no application of this id.")
    return application


def _stands(application: Application) -> bool:
    return application.state is ApplicationState.RECEIVED


def _to_what_was_sent(request: Request, application_id: str) -> RedirectResponse:
    return redirect(request, f"/student/forms/{application_id}")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
