"""What the routes of intake have in common."""

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, ConfigDict

from shared.contracts.fields import Moment, Reason
from shared.runtime.work import Work
from shared.web import work_in

InIntake = Annotated[Work, Depends(work_in("intake"), scope="function")]


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
