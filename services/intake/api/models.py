"""Models that several routes receive or return."""

from pydantic import BaseModel, ConfigDict

from shared.contracts.fields import Moment, Reason


class HistoryStep(BaseModel):
    """What happened to a project or an application, when, and by whom."""

    transition: str
    before: str | None
    after: str
    by: str
    at: Moment
    comments: str


class Withdrawal(BaseModel):
    """Why something is withdrawn."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""
