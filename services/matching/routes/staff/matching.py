"""The match of a round: what it would be under each policy, what is decided of it, its release, and what went out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.matching import store
from services.matching.messages import OffersDue
from services.matching.release import release_match
from services.matching.routes.applications import InMatching
from services.matching.routes.looks import pages
from services.matching.routes.staff.outcomes import Part, listed
from services.matching.rules import release
from services.matching.rules.policies import Policy
from services.matching.rules.preview import GROUPINGS, Group, Preview, groups, preview, review
from services.matching.rules.projects import Named
from services.matching.rules.release import Release, Setting
from services.matching.rules.rounds import FactsForMatch, Round, who_holds_what
from shared.contracts.faults import Fault
from shared.contracts.fields import RoundId
from shared.refusals import NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, StaffIs, ViewerIs, redirect
from shared.web.paging import PageIs, WordsAre, address, page_of

routes = APIRouter(prefix="/staff/matching", default_response_class=HTMLResponse, include_in_schema=False)

LONGEST_NOTE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Match:
    """A round, and where its match is."""

    round: Round
    facts: FactsForMatch
    setting: Setting
    released: Release | None
    overdue: bool


@routes.get("")
async def list_matches(request: Request, caller: ViewerIs, work: InMatching) -> HTMLResponse:
    """The match of each round, and where it is."""
    matches = [await _match(round_, work) for round_ in await store.rounds.every(work.connection)]
    return pages.answer(request, caller, "staff/matches.jinja", matches=matches)


@routes.get("/{round_id}")
async def show_match(round_id: RoundId, request: Request, caller: ViewerIs, work: InMatching) -> HTMLResponse:
    """What the match would be under each policy, side by side; once one went out, what it came to."""
    return await _answer_match(await _find(round_id, work), request, caller, work)


@routes.post("/{round_id}/decision")
async def decide(round_id: RoundId, form: FormIs, request: Request, caller: StaffIs, work: InMatching) -> Response:
    """Choose the policy, and hold the match back or let it go out at its time."""
    await work.lock(who_holds_what(round_id))
    match = await _find(round_id, work)
    _allow_unless_out(match)
    policy, held, note = form.line("policy"), form.flag("held"), form.text("note")
    if faults := _faults_in_decision(policy, note):
        typed = {"policy": policy, "held": held, "note": note}
        return await _answer_match(match, request, caller, work, typed=typed, faults=faults)
    decided = Setting(Policy(policy), held, caller.id, work.now, note)
    await store.policies.add_setting(work.connection, round_id, decided)
    if match.overdue and not decided.held:
        # The timer that it was held back from has gone by.
        due = match.round.offers_at
        work.publish(OffersDue(round_id=round_id, offers_at=due), at=due)
    return redirect(request, f"/staff/matching/{round_id}", said=_said_of(decided, overdue=match.overdue))


@routes.get("/{round_id}/release")
async def confirm_release(
    round_id: RoundId, request: Request, caller: StaffIs, work: InMatching, policy: Policy = Policy.STABLE
) -> HTMLResponse:
    """What would go out, before it does."""
    match = await _find(round_id, work)
    _allow_release(match)
    return await _answer_release(match, policy, request, caller, work)


@routes.post("/{round_id}/release")
async def release_now(
    round_id: RoundId, form: FormIs, request: Request, caller: StaffIs, work: InMatching, policy: Policy = Policy.STABLE
) -> Response:
    """Let the match go out now. Whoever is second finds it gone out: nothing is done twice."""
    await work.lock(who_holds_what(round_id))
    match = await _find(round_id, work)
    if match.released:
        return redirect(request, f"/staff/matching/{round_id}", said="The match had gone out already.")
    _allow_release(match)
    if not form.flag("sure"):
        faults = [Fault(field="sure", reason="Tick the box to release the match: offers are not taken back.")]
        return await _answer_release(match, policy, request, caller, work, faults=faults)
    await release_match(work, match.round, policy, by=caller.id)
    return redirect(request, f"/staff/matching/{round_id}", said="The match is released: its offers go out now.")


@routes.get("/{round_id}/{policy}")
async def list_outcome(
    round_id: RoundId,
    policy: Policy,
    request: Request,
    caller: ViewerIs,
    work: InMatching,
    part: Part = Part.PAIRS,
    q: WordsAre = "",
    page: PageIs = 1,
) -> HTMLResponse:
    """Who gets what under a policy, what blocks it, and who is left; searched, a page at a time."""
    match = await _find(round_id, work)
    if (seen := await _seen(match, work)) is None:
        raise NotFound("There is nothing to preview before this round has been closed to applications.")
    found = page_of(await listed(work.connection, seen, policy, part, q.casefold().split()), page)
    return pages.answer(
        request,
        caller,
        "staff/outcome.jinja",
        match=match,
        outcome=seen.outcomes[policy],
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
    round_ = await store.rounds.find(work.connection, round_id)
    if round_ is None:
        raise NotFound(f"No round {round_id} is known.")
    return await _match(round_, work)


def _allow_unless_out(match: Match) -> None:
    release.check_not_out(match.round)


def _allow_release(match: Match) -> None:
    release.check_release(match.round, match.facts)


def _faults_in_decision(policy: str, note: str) -> list[Fault]:
    faults = []
    if policy not in set(Policy):
        faults.append(Fault(field="policy", reason="Choose a policy."))
    if len(note) > LONGEST_NOTE:
        faults.append(Fault(field="note", reason=f"Keep the note within {LONGEST_NOTE:,} characters."))
    return faults


def _said_of(decided: Setting, *, overdue: bool) -> str:
    if decided.held:
        return "The match is held back until somebody releases it."
    if overdue:
        return "The match is no longer held back: its offers go out now."
    return "The decision is saved: the match goes out at its time."


async def _seen(match: Match, work: Work) -> Preview | None:
    """The match under each policy, by the facts that there are; none before the round is closed to applications.

    Beside the loop, since it takes a second where there are many applications.
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
    """The projects of which no ranking has come, with how many applied to each; after the match it is too late."""
    return {} if match.released else await store.projects.unranked(work.connection, match.round.round_id)


async def _named_unranked(match: Match, work: Work) -> list[tuple[Named, int]]:
    unranked = await _unranked(match, work)
    names = await store.projects.names(work.connection, unranked)
    return [(names.get(project_id, Named(project_id, "")), number) for project_id, number in unranked.items()]


async def _groupings(seen: Preview, work: Work) -> Mapping[str, Sequence[tuple[str, Sequence[Group]]]]:
    """By what students are told apart by: each group with how it fares under each policy."""
    student_ids = {each.student_id for each in seen.applications.values()}
    students = await store.people.students(work.connection, student_ids)
    by_policy = {
        grouping: [groups(seen, policy, students, group_of) for policy in seen.outcomes]
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
    typed: Mapping[str, Any] | None = None,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    seen = await _seen(match, work)
    return pages.answer(
        request,
        caller,
        "staff/match.jinja",
        status=422 if faults else 200,
        match=match,
        unranked=await _named_unranked(match, work),
        outcomes=list(seen.outcomes.values()) if seen else [],
        groupings=await _groupings(seen, work) if seen else {},
        typed=typed or {"policy": match.setting.policy, "held": match.setting.held, "note": ""},
        faults=faults,
    )


async def _answer_release(
    match: Match, policy: Policy, request: Request, caller: Caller, work: Work, *, faults: Sequence[Fault] = ()
) -> HTMLResponse:
    seen = await _seen(match, work)
    return pages.answer(
        request,
        caller,
        "staff/release.jinja",
        status=422 if faults else 200,
        match=match,
        outcome=seen.outcomes[policy] if seen else None,
        unranked=await _named_unranked(match, work),
        faults=faults,
    )
