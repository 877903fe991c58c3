"""The queue as a page."""

from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.screening import store
from services.screening.actions.findings import refresh_findings
from services.screening.actions.staff import remember
from services.screening.dependencies import PAGES, WorkIs, page_routes, person
from services.screening.rules.findings import NAMES, SERIOUS, Kind
from services.screening.rules.queue import Filters, Order, Whose
from services.screening.rules.reviews import State
from shared.web import Role, ViewerIs
from shared.web.paging import PAGE, Paged

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

routes = page_routes()


@routes.get("")
async def show_queue(
    request: Request,
    caller: ViewerIs,
    work: WorkIs,
    round_id: str = "",
    state: str = State.OPEN,
    kind: str = "",
    whose: str = "",
    overdue: str = "",
    order: str = "",
    page: str = "1",
) -> HTMLResponse:
    """The reviews that wait for a verdict, the oldest first, or those that the filters ask for.

    An unknown value of a filter is ignored.
    """
    await remember(person(caller), work, may_review=caller.may_act_as(Role.REVIEWER))
    await refresh_findings(work)
    filters = Filters(
        state=_one_of(State, state),
        round_id=round_id or None,
        kind=_one_of(Kind, kind),
        whose=_one_of(Whose, whose) or Whose.ALL,
        overdue=bool(overdue),
        order=_one_of(Order, order) or Order.AGE,
    )
    number = max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1
    entries, found = await store.queue.page(
        work.connection, filters, number, size=PAGE, viewer_id=caller.id, now=work.now
    )
    query = {
        "round_id": round_id,
        "state": filters.state or "",
        "kind": filters.kind or "",
        "whose": filters.whose,
        "overdue": "yes" if filters.overdue else "",
        "order": filters.order,
    }
    return PAGES.answer(
        request,
        caller,
        "queue.jinja",
        counts=await store.queue.counts(work.connection, filters.round_id, now=work.now),
        found=Paged(entries, found, number),
        rounds=await store.copies.rounds(work.connection),
        query=query,
        address=f"?{urlencode(query)}&page=",
        finding_names=NAMES,
        serious=SERIOUS,
    )


def _one_of(choices: type[ChoiceT], text: str) -> ChoiceT | None:
    return choices(text) if text in list(choices) else None
