"""What passes the door as an application, sent by a system or from the pages of its student."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.intake import rules, store
from services.intake.reception import judge_page, judges, take_from_page
from services.intake.rules.applications import RECEIVE, Application, Circumstances
from services.intake.rules.catalogue import Listing
from services.intake.rules.projects import Project
from services.intake.rules.prospects import Prospects
from services.intake.rules.rounds import Round, applications_window, round_for
from services.intake.rules.submissions import Arrival
from shared.contracts.intake import ApplicationReceived, Fault
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


async def before_applying(project_id: str, student_id: str, work: Work) -> Before | None:
    """The project as this student may see it now; `None` where they may not."""
    project = await store.catalogue.listing(work.connection, project_id)
    if project is None:
        return None
    rounds = rules.second_rounds.own_first(project.round_id, await store.rounds.every(work.connection))
    round_ = rules.second_rounds.judged_by(rounds, work.now) or rounds[0]
    left = await store.places.left(work.connection, project_id) if round_.follows else None
    applicant = await store.applications.applicant(work.connection, student_id, round_.round_id)
    made = await store.applications.made(work.connection, student_id, round_.round_id)
    prospects = rules.prospects.prospects(project, round_, left, applicant, made, work.now)
    if not rules.catalogue.may_see(project, rounds[0], work.now, applied=prospects.applied is not None):
        return None
    return Before(project, round_, prospects)


async def apply_from_page(content: Mapping[str, Any], before: Before, work: Work) -> list[Fault]:
    """Take an application that a student wrote on our pages; or, taking nothing, every fault in it.

    Its subjects are locked, and the student has not applied for the project before.
    """
    own = rules.prospects.faults_in_choice(
        content["preference"], before.prospects.preferences, content["statement"], content["cv"]
    )
    identifier = content["application_id"]
    form, judged = await judge_page(ApplicationForm, content, identifier, work)
    faults = rules.malformed.together(own, judged)
    if form is not None and not faults:
        await take_from_page(form, identifier, work, take=take_application)
    return faults
