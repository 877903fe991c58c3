"""The page of a revision: the project with its changes marked, findings, scores, the verdict and the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.screening import store
from services.screening.actions.staff import remember
from services.screening.dependencies import PAGES, WorkIs, page_routes, person
from services.screening.rules.comments import suggested_comments
from services.screening.rules.deliberation import Entry
from services.screening.rules.differences import marked
from services.screening.rules.findings import NAMES, SERIOUS
from services.screening.rules.history import history
from services.screening.rules.rubric import GUIDANCE, Criterion, comment_field, score_field, summary
from shared.contracts.faults import Fault
from shared.contracts.fields import ProjectId
from shared.refusals import NotFound
from shared.runtime.work import Work
from shared.web import Caller, Role, ViewerIs

routes = page_routes()


@dataclass(frozen=True, slots=True)
class Typed:
    """A form with faults: which one it is, what was typed into it, and the faults."""

    form: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Fault] = ()


@routes.get("/projects/{project_id}")
async def show_review(
    project_id: ProjectId, request: Request, caller: ViewerIs, work: WorkIs, revision: str = "", begin: str = ""
) -> HTMLResponse:
    """The newest revision of a project, or the one asked for; `begin=comments` puts phrases into the verdict's form."""
    await remember(person(caller), work, may_review=caller.may_act_as(Role.REVIEWER))
    number = int(revision) if revision.isdecimal() and len(revision) < 6 else None
    return await review_page(request, caller, work, project_id, number, begins=begin == "comments")


async def review_page(
    request: Request,
    caller: Caller,
    work: Work,
    project_id: str,
    revision: int | None,
    *,
    begins: bool = False,
    typed: Typed = Typed(),
) -> HTMLResponse:
    """The page of a revision; raises `NotFound`. A form with faults is shown with what was typed into it."""
    revisions = await store.queue.entries_of_project(work.connection, project_id)
    place = _place(revisions, revision)
    if place is None:
        raise NotFound("No such revision was submitted for review.")
    entry, before = revisions[place], revisions[place - 1] if place else None
    rules = await store.approval_rules.approved_by(work.connection, project_id)
    acts = await store.deliberation.acts(work.connection, *entry.key)
    suggestion = suggested_comments(entry.findings)
    reviewers = await store.staff.reviewers(work.connection)
    return PAGES.answer(
        request,
        caller,
        "review.jinja",
        status=422 if typed.faults else 200,
        entry=entry,
        revisions=revisions,
        before=before,
        fields=marked(before.review.project if before else None, entry.review.project),
        finding_names=NAMES,
        serious=SERIOUS,
        guidance=GUIDANCE,
        summary=summary(entry.scorings),
        scores=typed.values if typed.form == "scores" else _own_scores(entry, caller),
        verdict=typed.values if typed.form == "verdict" else _verdict(entry, suggestion if begins else ""),
        suggestion=suggestion,
        opinion=typed.values if typed.form == "opinion" else {"of": "", "why": ""},
        faults={typed.form: typed.faults},
        reviewers=reviewers,
        others={of: name for of, name in reviewers.items() if of != caller.id},
        history=history(entry.review, acts, rules.get(entry.review.revision)),
        may_review=caller.may_act_as(Role.REVIEWER),
    )


def _place(revisions: Sequence[Entry], revision: int | None) -> int | None:
    """The position of a revision among a project's; without a number, that of the newest."""
    numbers = [entry.review.revision for entry in revisions]
    if revision is None:
        return len(numbers) - 1 if numbers else None
    return numbers.index(revision) if revision in numbers else None


def _own_scores(entry: Entry, caller: Caller) -> dict[str, Any]:
    own = next((scoring for scoring in entry.scorings if scoring.reviewer_id == caller.id), None)
    values: dict[str, Any] = {}
    for criterion in Criterion:
        mark = own.marks[criterion] if own else None
        values[score_field(criterion)] = str(mark.score) if mark else ""
        values[comment_field(criterion)] = mark.comment if mark else ""
    return values


def _verdict(entry: Entry, begun: str) -> dict[str, str]:
    if entry.prepared and not begun:
        return {"verdict": entry.prepared.verdict, "comments": entry.prepared.comments}
    return {"verdict": entry.prepared.verdict if entry.prepared else "", "comments": begun}
