"""What the routes of intake have in common."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict

from services.intake import store
from shared.clock import system_time
from shared.contracts.fields import Moment, Reason
from shared.identifiers import new_id
from shared.runtime.work import Work
from shared.web import work_in
from shared.web.door import units_of

InIntake = Annotated[Work, Depends(work_in("intake"), scope="function")]

WAITED_FOR: Final = timedelta(minutes=2)
"""How long applications do not close over a form that has begun to be sent."""


async def began_at(request: Request) -> AsyncIterator[datetime]:
    """When a form began to be sent: what was in time then is. Before the form is read, which may take a while."""
    units, form_id, began_at = units_of(request), new_id(), units_of(request).clock()
    async with units.read() as connection:
        await store.arriving.add(connection, form_id, began_at=began_at, waited_for_until=system_time() + WAITED_FOR)
    try:
        yield began_at
    finally:
        async with units.read() as connection:
            await store.arriving.remove(connection, form_id)


BeganAt = Annotated[datetime, Depends(began_at, scope="function")]
"""Stands before the form among a route's parameters."""


class HistoryStep(BaseModel):
    """What happened to a project or an application, when, and by whom."""

    transition: str
    before: str | None
    after: str
    by: str
    at: Moment
    comments: str


class Withdrawal(BaseModel):
    """Why something is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""
