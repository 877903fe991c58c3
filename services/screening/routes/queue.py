"""The queue as a page."""

from enum import StrEnum
from math import ceil
from typing import Final, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.screening import store
from services.screening.routes.desk import PAGES, InScreening, meet, page_routes
from services.screening.rules.findings import NAMES, SERIOUS, Kind
from services.screening.rules.queue import Filters, Order, Whose, chosen, counts
from services.screening.rules.reviews import State
from shared.web import ViewerIs

ENTRIES_A_PAGE: Final = 50

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

routes = page_routes()


@routes.get("")
async def show_queue(
    request: Request,
    caller: ViewerIs,
    work: InScreening,
    round_id: str = "",
    state: str = State.OPEN,
    kind: str = "",
    whose: str = "",
    overdue: str = "",
    order: str = "",
    page: str = "1",
) -> HTMLResponse:
    """What waits for a verdict, by age; a filter that is not known filters nothing."""
    here = await meet(caller, work)
    filters = Filters(
        kind=_one_of(Kind, kind),
        whose=_one_of(Whose, whose) or Whose.ALL,
        overdue=bool(overdue),
        order=_one_of(Order, order) or Order.AGE,
    )
    in_state = _one_of(State, state)
    waiting = await store.queue.entries(work.connection, State.OPEN, round_id or None)
    in_question = (
        waiting if in_state is State.OPEN else await store.queue.entries(work.connection, in_state, round_id or None)
    )
    shown = chosen(in_question, filters, viewer_id=here.id, now=work.now)
    pages = max(1, ceil(len(shown) / ENTRIES_A_PAGE))
    number = min(max(1, int(page) if page.isdecimal() and len(page) < 6 else 1), pages)
    query = {
        "round_id": round_id,
        "state": in_state or "",
        "kind": filters.kind or "",
        "whose": filters.whose,
        "overdue": "yes" if filters.overdue else "",
        "order": filters.order,
    }
    return PAGES.answer(
        request,
        caller,
        "queue.jinja",
        counts=counts(waiting, now=work.now),
        entries=shown[(number - 1) * ENTRIES_A_PAGE : number * ENTRIES_A_PAGE],
        found=len(shown),
        rounds=await store.copies.rounds(work.connection),
        query=query,
        page=number,
        pages=pages,
        address=f"?{urlencode(query)}&page=",
        finding_names=NAMES,
        serious=SERIOUS,
    )


def _one_of(choices: type[ChoiceT], text: str) -> ChoiceT | None:
    return choices(text) if text in list(choices) else None
