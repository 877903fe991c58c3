"""A host ranks its applicants, one move at a time, and then sends the ranking; or staff give it for the host."""

from collections.abc import Sequence

from services.matching import store
from services.matching.actions.projects import find_project
from services.matching.rules import rankings
from services.matching.rules.applicants import (
    Applicants,
    MoveAsked,
    check_complete,
    check_open,
    move,
    shown_to_host,
)
from services.matching.rules.life import State
from services.matching.rules.orders import Order
from services.matching.rules.projects import ProjectInFull
from services.matching.rules.rankings import Progress
from services.matching.rules.rounds import Round, places_lock
from shared.contracts.matching import RankingReceived
from shared.contracts.message import subject
from shared.refusals import Invalid, NotFound
from shared.runtime.work import Work


async def give_ranking(project_id: str, order: Order, work: Work) -> None:
    """Replace a project's ranking, and publish it if it differs from the one before.

    Raises `Invalid`, and `NotAllowed` if the project takes no more rankings.
    """
    await work.lock(places_lock((await find_project(project_id, work)).round_id))
    project = await find_project(project_id, work)
    rankings.check_open(project, await store.rounds.find(work.connection, project.round_id))
    known = await store.applications.of_ids(work.connection, [*order.ranked, *order.not_suitable])
    if faults := rankings.faults_in(project_id, order, known):
        raise Invalid(faults)
    before = await store.rankings.current(work.connection, project_id)
    if before is None or before.order != order:
        await store.rankings.add(work.connection, project_id, order, work.now)
    if before is None or before.order.ranked != order.ranked:
        work.publish(
            RankingReceived(
                project_id=project_id,
                round_id=project.round_id,
                host_id=project.host_id,
                application_ids=list(order.ranked),
            )
        )
    await store.rankings.drop_draft(work.connection, project_id, project.round_id)


async def move_applicant(project_id: str, host_id: str, asked: MoveAsked, work: Work) -> None:
    """Move one applicant in the draft of a host's ranking, and keep the draft.

    Raises `Invalid`, and `NotAllowed` if it is not the time to rank or the applicant no longer applies.
    """
    await work.lock(subject("project", project_id))
    applicants = await applicants_of_project(project_id, host_id, work)
    order = move(applicants, asked)
    await store.rankings.keep_draft(work.connection, project_id, applicants.round.round_id, order, work.now)


async def send_ranking(project_id: str, host_id: str, as_shown: Sequence[str], work: Work, *, leave_out: bool) -> bool:
    """Send the ranking that a host has made: it counts until another one is sent.

    Returns false, and sends nothing, if the order is no longer `as_shown`. Raises `Invalid` if applicants are left out
    without `leave_out`, by which the host confirms it. Raises `NotAllowed` if it is not the time to rank.
    """
    project = await _own_project(project_id, host_id, work)
    await work.lock(subject("project", project_id), places_lock(project.round_id))
    applicants = await applicants_of_project(project_id, host_id, work)
    check_open(applicants)
    if list(as_shown) != list(applicants.order.ranked):
        return False
    check_complete(applicants, leave_out=leave_out)
    await give_ranking(project_id, applicants.order, work)
    return True


async def applicants_of_project(project_id: str, host_id: str, work: Work) -> Applicants:
    """The applicants of a host's project; raises `NotFound`, also for a project of another host."""
    project = await _own_project(project_id, host_id, work)
    round_ = await store.rounds.find(work.connection, project.round_id)
    if round_ is None:
        raise NotFound("The round of this project is not known yet: try again in a moment.")
    progress = (await progress_of_projects([project], round_, work))[project_id]
    received = await store.applications.to_projects(work.connection, [project_id], round_.round_id)
    shown = shown_to_host(received, progress.stage)
    sent = (await store.rankings.in_round(work.connection, [project_id], round_.round_id)).get(project_id)
    draft = await store.rankings.draft(work.connection, project_id, round_.round_id)
    order = draft or (sent.order if sent else Order())
    return Applicants(
        project=project,
        round=round_,
        progress=progress,
        shown=shown,
        students=await store.people.students(work.connection, {each.student_id for each in shown.values()}),
        sent=sent,
        order=order.among(shown),
    )


async def progress_of_projects(projects: Sequence[ProjectInFull], round_: Round, work: Work) -> dict[str, Progress]:
    """How far the host is with its ranking, by project: for those of the projects that take part in the round."""
    ids = [project.project_id for project in projects if project.round_id == round_.round_id]
    all_arrived = await store.rounds.all_arrived(work.connection, round_.round_id)
    applications = await store.applications.to_projects(work.connection, ids, round_.round_id)
    sent = await store.rankings.in_round(work.connection, ids, round_.round_id)
    begun = await store.rankings.drafts_in_round(work.connection, ids, round_.round_id)
    return {
        project_id: Progress(
            stage=rankings.stage(round_, all_arrived=all_arrived, now=work.now),
            applicants=sum(each.state is not State.WITHDRAWN for each in applications if each.project_id == project_id),
            sent=project_id in sent,
            begun=project_id in begun,
        )
        for project_id in ids
    }


async def _own_project(project_id: str, host_id: str, work: Work) -> ProjectInFull:
    project = (await store.projects.in_full(work.connection, [project_id])).get(project_id)
    if project is None or project.host_id != host_id:
        raise NotFound("You have no approved project with this number.")
    return project
