"""Pages about the match of a round: a preview under each policy, the decision, the release, and what went out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from services.matching import store
from services.matching.actions import matches
from services.matching.actions.rounds import find_round
from services.matching.dependencies import PAGES, WorkIs, page_routes
from services.matching.rules import release
from services.matching.rules.policies import Policy
from services.matching.rules.preview import GROUPINGS, Group, Preview, groups, preview, review
from services.matching.rules.projects import Named
from services.matching.rules.release import Decision, Release, Setting
from services.matching.rules.rounds import FactsForMatch, Round
from services.matching.web.staff.outcomes import Part, listed
from shared.contracts.faults import Fault
from shared.contracts.fields import RoundId
from shared.refusals import Invalid, NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, StaffIs, ViewerIs, redirect
from shared.web.paging import PageIs, WordsAre, address, page_of

routes = page_routes("/staff/matching")


@dataclass(frozen=True, slots=True)
class Match:
    """A round, and the state of its match."""

    round: Round
    facts: FactsForMatch
    setting: Setting
    released: Release | None
    overdue: bool


@routes.get("")
async def list_matches(request: Request, caller: ViewerIs, work: WorkIs) -> HTMLResponse:
    """All rounds, and the state of each one's match."""
    of_rounds = [await _match(round_, work) for round_ in await store.rounds.every(work.connection)]
    return PAGES.answer(request, caller, "staff/matches.jinja", matches=of_rounds)


@routes.get("/{round_id}")
async def show_match(round_id: RoundId, request: Request, caller: ViewerIs, work: WorkIs) -> HTMLResponse:
    """What the match would be under each policy, side by side; later, the match that went out beside the others."""
    return await _answer_match(await _find(round_id, work), request, caller, work)


@routes.post("/{round_id}/decision")
async def decide(round_id: RoundId, form: FormIs, request: Request, caller: StaffIs, work: WorkIs) -> Response:
    """Choose the policy, and hold the match back or let it go out at its time."""
    decision = Decision(form.line("policy"), form.flag("held"), form.text("note"))
    try:
        goes_out_now = await matches.decide_match(round_id, decision, caller.id, work)
    except Invalid as refusal:
        match = await _find(round_id, work)
        return await _answer_match(match, request, caller, work, typed=decision, faults=refusal.faults)
    notice = _decision_notice(decision, goes_out_now=goes_out_now)
    return redirect(request, f"/staff/matching/{round_id}", notice=notice)


@routes.get("/{round_id}/release")
async def confirm_release(
    round_id: RoundId, request: Request, caller: StaffIs, work: WorkIs, policy: Policy = Policy.STABLE
) -> HTMLResponse:
    """The page that shows what would go out, and asks staff to confirm it."""
    match = await _find(round_id, work)
    release.check_release(match.round, match.facts)
    return await _answer_release(match, policy, request, caller, work)


@routes.post("/{round_id}/release")
async def release_now(
    round_id: RoundId, form: FormIs, request: Request, caller: StaffIs, work: WorkIs, policy: Policy = Policy.STABLE
) -> Response:
    """Let the match go out now. If two people do this at once, the second is told that it has gone out already."""
    try:
        released = await matches.release_now(round_id, policy, caller.id, work, sure=form.flag("sure"))
    except Invalid as refusal:
        match = await _find(round_id, work)
        return await _answer_release(match, policy, request, caller, work, faults=refusal.faults)
    notice = "The match is released: its offers go out now." if released else "The match had gone out already."
    return redirect(request, f"/staff/matching/{round_id}", notice=notice)


@routes.get("/{round_id}/{policy}")
async def list_outcome(
    round_id: RoundId,
    policy: Policy,
    request: Request,
    caller: ViewerIs,
    work: WorkIs,
    part: Part = Part.PAIRS,
    q: WordsAre = "",
    page: PageIs = 1,
) -> HTMLResponse:
    """One list about the match under a policy: its pairs, blocking pairs, or students or places left; with a search."""
    match = await _find(round_id, work)
    if (comparison := await _compare_policies(match, work)) is None:
        raise NotFound("There is nothing to preview before this round is closed to applications.")
    found = page_of(await listed(work.connection, comparison, policy, part, q.casefold().split()), page)
    return PAGES.answer(
        request,
        caller,
        "staff/outcome.jinja",
        match=match,
        outcome=comparison.outcomes[policy],
        part=part,
        parts_shown=list(Part),
        q=q,
        unranked=await _unranked(match, work),
        found=found,
        address=address(request.url.path, part=part, q=q),
    )


async def _match(round_: Round, work: Work) -> Match:
    setting = await store.policies.setting(work.connection, round_.round_id)
    return Match(
        round=round_,
        facts=await store.rounds.facts_for_match(work.connection, round_.round_id),
        setting=setting,
        released=await store.policies.release(work.connection, round_.round_id),
        overdue=release.is_overdue(round_, setting, work.now),
    )


async def _find(round_id: str, work: Work) -> Match:
    return await _match(await find_round(round_id, work), work)


def _decision_notice(decision: Decision, *, goes_out_now: bool) -> str:
    if decision.held:
        return "The match is held back until somebody releases it."
    if goes_out_now:
        return "The match is no longer held back: its offers go out now."
    return "The decision is saved: the match goes out at its time."


async def _compare_policies(match: Match, work: Work) -> Preview | None:
    """The match under each policy, by the facts of now or of the release; none before applications are closed.

    It runs in a thread, since it takes about a second if there are many applications.
    """
    if match.released:
        stood = await store.applications.of_ids(work.connection, match.released.stood)
        offered = [each.application_id for each in stood.values() if each.offer and each.offer.first]
        return await asyncio.to_thread(
            review, list(stood.values()), match.released.places, match.released.policy, offered
        )
    if match.facts.closing_count is None:
        return None
    standing = await store.applications.standing(work.connection, match.round.round_id)
    places = await store.projects.places(work.connection, match.round.round_id)
    return await asyncio.to_thread(preview, standing, places)


async def _unranked(match: Match, work: Work) -> Mapping[str, int]:
    """The projects without a ranking, with how many applied to each; none after the match, when it is too late."""
    return {} if match.released else await store.projects.unranked(work.connection, match.round.round_id)


async def _named_unranked(match: Match, work: Work) -> list[tuple[Named, int]]:
    unranked = await _unranked(match, work)
    names = await store.projects.names(work.connection, unranked)
    return [(names.get(project_id, Named(project_id, "")), number) for project_id, number in unranked.items()]


async def _groupings(comparison: Preview, work: Work) -> Mapping[str, Sequence[tuple[str, Sequence[Group]]]]:
    """By grouping: each group of students, with how it fares under each policy."""
    student_ids = {each.student_id for each in comparison.applications.values()}
    students = await store.people.students(work.connection, student_ids)
    by_policy = {
        grouping: [groups(comparison, policy, students, group_of) for policy in comparison.outcomes]
        for grouping, group_of in GROUPINGS.items()
    }
    return {
        grouping: [(fares[0].name, fares) for fares in zip(*fared, strict=True)]
        for grouping, fared in by_policy.items()
    }


async def _answer_match(
    match: Match,
    request: Request,
    caller: Caller,
    work: Work,
    *,
    typed: Decision | None = None,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    comparison = await _compare_policies(match, work)
    return PAGES.answer(
        request,
        caller,
        "staff/match.jinja",
        status=422 if faults else 200,
        match=match,
        unranked=await _named_unranked(match, work),
        outcomes=list(comparison.outcomes.values()) if comparison else [],
        groupings=await _groupings(comparison, work) if comparison else {},
        typed=typed or Decision(match.setting.policy, match.setting.held, note=""),
        faults=faults,
    )


async def _answer_release(
    match: Match, policy: Policy, request: Request, caller: Caller, work: Work, *, faults: Sequence[Fault] = ()
) -> HTMLResponse:
    comparison = await _compare_policies(match, work)
    return PAGES.answer(
        request,
        caller,
        "staff/release.jinja",
        status=422 if faults else 200,
        match=match,
        outcome=comparison.outcomes[policy] if comparison else None,
        unranked=await _named_unranked(match, work),
        faults=faults,
    )
