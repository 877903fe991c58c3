"""The history of a revision, for staff: the steps of its review together with what members of staff did on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.screening.rules.approval import ApprovalRule
from services.screening.rules.deliberation import Act, ActLine
from services.screening.rules.reviews import PROGRAMME_RULE, STAFF, Review


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What happened, when, by whom, and with what comments."""

    transition: str
    by: str
    at: datetime
    comments: str


STEPS: Final[Mapping[str, str]] = {
    "submit": "Submitted",
    "supersede": "Superseded",
    "withdraw": "Withdrawn",
    "approve": "Approved",
    "return": "Returned",
    "decline": "Declined",
}


def history(review: Review, acts: Sequence[ActLine], rule: ApprovalRule | None) -> list[HistoryLine]:
    """The history, the oldest line first. A verdict has the name of the person who released it, or of the rule."""
    released_by = {act.at: act.by for act in acts if act.act is Act.RELEASED}
    by_rule = f"programme {rule.name} ({rule.terms.reason})" if rule else PROGRAMME_RULE
    steps = [
        HistoryLine(
            transition=STEPS[step.transition],
            by={STAFF: released_by.get(step.at, STAFF), PROGRAMME_RULE: by_rule}.get(step.by, step.by),
            at=step.at,
            comments=step.comments,
        )
        for step in review.steps
    ]
    done = [HistoryLine(act.act, act.by, act.at, act.text) for act in acts if act.act is not Act.RELEASED]
    return sorted((*steps, *done), key=lambda line: line.at)
