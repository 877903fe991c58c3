"""Screening's private messages."""

from shared.contracts.message import Timer


class ReviewDue(Timer, about="project"):
    """A review is due: it is overdue if it is still open."""

    project_id: str
    revision: int
