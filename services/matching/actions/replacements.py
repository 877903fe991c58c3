"""Staff give a place by hand: one that is free, or that of a placement, which is cancelled for it."""

from services.matching import store
from services.matching.actions.applications import find_offered_to_change
from services.matching.actions.changes import carry_out
from services.matching.rules import replacements
from services.matching.rules.life import HOLDS_A_PLACE, Application, Change
from services.matching.rules.replacements import PlacesOfProject
from services.matching.rules.rounds import places_lock
from shared.refusals import NotFound
from shared.runtime.work import Work


async def offer_free_place(project_id: str, application_id: str, reason: str, work: Work) -> None:
    """Offer a free place of a project to an applicant of staff's choice.

    Raises `Invalid`, and `NotAllowed` if no offer can be made.
    """
    await work.lock(places_lock((await places_of_project(project_id, work)).project.round_id))
    places = await places_of_project(project_id, work)
    chosen = replacements.choose(places, application_id, reason)
    await carry_out([_offer(chosen, places, reason, work, replaces=False)], work)


async def replace_placement(placement_id: str, application_id: str, reason: str, work: Work) -> None:
    """Cancel a placement and offer its place to an applicant of staff's choice, in one step.

    Raises `Invalid`, and `NotAllowed` if there is no placement to cancel or no offer can be made.
    """
    placement = await find_offered_to_change(placement_id, work)
    places = await places_of_project(placement.project_id, work)
    cancellation = replacements.cancel_for(placement, reason, now=work.now)
    chosen = replacements.choose(places, application_id, reason)
    await carry_out([cancellation, _offer(chosen, places, reason, work, replaces=True)], work)


async def places_of_project(project_id: str, work: Work) -> PlacesOfProject:
    """Who has a project's places, and who may be offered one by hand; raises `NotFound`."""
    project = (await store.projects.in_full(work.connection, [project_id])).get(project_id)
    if project is None:
        raise NotFound(f"No project {project_id} was approved.")
    rounds = await store.rounds.both(work.connection, project.round_id)
    applied = await store.applications.to_project(work.connection, project_id)
    student_ids = {each.student_id for each in applied}
    holders = await store.applications.holders(work.connection, project.round_id, student_ids)
    return PlacesOfProject(
        project=project,
        rounds=rounds,
        holding=[each for each in applied if each.state in HOLDS_A_PLACE],
        candidates=replacements.candidates(
            applied, matched={each.round_id for each in rounds if each.matched_at}, holders=holders
        ),
        students=await store.people.students(work.connection, student_ids),
    )


def _offer(chosen: Application, places: PlacesOfProject, reason: str, work: Work, *, replaces: bool) -> Change:
    return replacements.offer_by_hand(
        chosen,
        places.project,
        places.rounds,
        held=len(places.holding) - replaces,
        replaces=replaces,
        reason=reason,
        now=work.now,
    )
