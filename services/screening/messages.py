"""Screening's private messages."""

from shared.contracts.message import Timer


class ReviewDue(Timer, about="project"):
    """A review should have been decided by now."""

    project_id: str
    revision: int
