"""What passes the door as an application, sent by a system or from the pages of its student."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake import rules, store
from services.intake.messages import ApplicationsClose, CheckCV
from services.intake.reception import judge_page, judges, take_from_page
from services.intake.rules.applications import RECEIVE, Application, ApplicationState, Circumstances
from services.intake.rules.catalogue import Listing
from services.intake.rules.projects import Project
from services.intake.rules.prospects import Prospects
from services.intake.rules.rounds import Round, applications_window, round_for
from services.intake.rules.submissions import PAGES, Arrival, Refused
from shared.contracts.faults import Fault
from shared.contracts.intake import ApplicationReceived, SubmissionRefused
from shared.contracts.message import subject
from shared.contracts.submissions import ApplicationForm
from shared.runtime.service import NotYet
from shared.runtime.work import Work


def judged_by(form: ApplicationForm) -> tuple[str, ...]:
    """What must not change, or be used by another application, while this one is judged."""
    return subjects(form.application_id, form.student_id, form.project_id, str(form.cv))


def subjects(application_id: str, student_id: str, project_id: str, cv: str) -> tuple[str, ...]:
    return (
        subject("application", application_id),
        subject("student", student_id),
        subject("project", project_id),
        subject("document", cv),
    )


@judges(ApplicationForm)
async def judge_application(form: ApplicationForm, arrival: Arrival, work: Work) -> Project:
    """The project that it is for, in the round that takes it; raises `Refused` with all faults, and changes nothing."""
    return await _judge(form, await _circumstances(form, arrival, work), work)


async def take_application(form: ApplicationForm, arrival: Arrival, work: Work) -> None:
    """Judge it and count it in; raises `Refused` before it changes anything."""
    given = await _circumstances(form, arrival, work)
    if given.awaits_what_is_left:
        raise NotYet("what the first round leaves is still on its way")
    project = await _judge(form, given, work)
    application = rules.applications.received(form, project, sent_at=arrival.sent_at, now=work.now)
    await store.applications.add(work.connection, application, form.statement)
    await store.history.add(work.connection, form.subject, RECEIVE.step(None, at=work.now))
    work.publish(_received(application))


def _received(application: Application) -> ApplicationReceived:
    return ApplicationReceived(
        application_id=application.application_id,
        round_id=application.round_id,
        student_id=application.student_id,
        project_id=application.project_id,
        host_id=application.host_id,
        preference=application.preference,
        cv=application.cv,
        received_at=application.received_at,
    )


async def _judge(form: ApplicationForm, given: Circumstances, work: Work) -> Project:
    known = await store.applications.known_of(work.connection, form, given.round_.round_id if given.round_ else None)
    return rules.applications.check(form, given, known)


async def _circumstances(form: ApplicationForm, arrival: Arrival, work: Work) -> Circumstances:
    project = await store.projects.find(work.connection, form.project_id)
    round_ = await _round(arrival, project, work)
    left = await store.places.left(work.connection, form.project_id) if round_ and round_.follows else None
    return Circumstances(arrival.source, arrival.sent_at, round_, project, left)


async def _round(arrival: Arrival, project: Project | None, work: Work) -> Round | None:
    """The round that the project takes part in then, held open until this application is counted.

    For no project it is the one that it was in time for.
    """
    if project:
        both = await store.rounds.hold_both(work.connection, project.round_id)
        return rules.second_rounds.judged_by(both, arrival.sent_at)
    return round_for(await store.rounds.every(work.connection), arrival.sent_at, applications_window)


@dataclass(frozen=True, slots=True)
class Before:
    """What a student has before them when they apply: the project, the round that takes it, and how they stand."""

    project: Listing
    round_: Round
    prospects: Prospects


async def before_applying(project_id: str, student_id: str, work: Work, *, at: datetime) -> Before | None:
    """The project as this student may see it at that moment; `None` where they may not."""
    project = await store.catalogue.listing(work.connection, project_id)
    if project is None:
        return None
    rounds = rules.second_rounds.own_first(project.round_id, await store.rounds.every(work.connection))
    round_ = rules.second_rounds.judged_by(rounds, at) or rounds[0]
    left = await store.places.left(work.connection, project_id) if round_.follows else None
    applicant = await store.applications.applicant(work.connection, student_id, round_.round_id)
    made = await store.applications.made(work.connection, student_id, round_.round_id)
    prospects = rules.prospects.prospects(project, round_, left, applicant, made, at)
    if not rules.catalogue.may_see(project, rounds[0], at, applied=prospects.applied is not None):
        return None
    return Before(project, round_, prospects)


async def apply_from_page(content: Mapping[str, Any], before: Before, work: Work, *, sent_at: datetime) -> list[Fault]:
    """Take an application that a student wrote on our pages; or, taking nothing, every fault in it.

    Where its CV is still to be read it is kept, to be decided once it is. Its subjects are locked, and the student has
    not applied for the project before.
    """
    own = rules.prospects.faults_in_choice(
        content["preference"], before.prospects.preferences, content["statement"], content["cv"]
    )
    identifier = content["application_id"]
    form, judged = await judge_page(ApplicationForm, content, identifier, work, sent_at=sent_at)
    faults = rules.malformed.together(own, judged)
    if form is None or faults:
        return faults
    cv = await store.documents.find(work.connection, form.cv)
    if cv and cv.is_read:
        await take_from_page(form, identifier, work, sent_at=sent_at, take=take_application)
    else:
        project = before.project.model_copy(update={"round_id": before.round_.round_id})
        application = rules.applications.in_check(form, project, sent_at=sent_at, now=work.now)
        await store.applications.add(work.connection, application, form.statement)
        work.publish(CheckCV(application_id=form.application_id))
    return []


async def decide(application: Application, work: Work) -> None:
    """Take an application in whose CV was read, or refuse it; nothing where that was done. Its subjects are locked."""
    closing_at = await store.rounds.hold_for_decision(work.connection, application.round_id)
    form = await store.applications.end_check(work.connection, application.application_id)
    if form is None:
        return
    try:
        await take_from_page(form, form.application_id, work, sent_at=application.sent_at, take=take_application)
    except Refused as refused:
        as_refused = application.model_copy(update={"state": ApplicationState.REFUSED, "received_at": work.now})
        await store.applications.add(work.connection, as_refused, form.statement, refused.faults)
        work.publish(_refused(form, refused.faults, work))
    if closing_at:
        work.publish(ApplicationsClose(round_id=application.round_id, closes_at=closing_at), at=work.now)


def _refused(form: ApplicationForm, faults: list[Fault], work: Work) -> SubmissionRefused:
    return SubmissionRefused(
        submission_id=form.application_id,
        source=PAGES,
        kind="application",
        faults=faults,
        refused_at=work.now,
        student_id=form.student_id,
        project_id=form.project_id,
        application_id=form.application_id,
    )
