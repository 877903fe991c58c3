"""What a host changed between two revisions of its project, marked for a reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from services.intake.rules.projects import ProjectRevision
from services.intake.rules.template import LABELS, is_list
from shared import dates
from shared.contracts.fields import Revision
from shared.contracts.submissions import ProjectTemplate
from shared.differences import Pieces, changed_items, changed_whole, changed_words


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A changed field of the template; each of its items is in pieces. A field that is no list has one item."""

    label: str
    is_list: bool
    items: Sequence[Pieces]


@dataclass(frozen=True, slots=True)
class ComparedRevision:
    """A revision, and what changed from the one before it."""

    revision: ProjectRevision
    before: Revision
    fields: Sequence[ChangedField]


def changes(before: ProjectTemplate, after: ProjectTemplate) -> list[ChangedField]:
    """Every field that changed, in the order of the template."""
    return [
        ChangedField(label, is_list(field), _items(getattr(before, field), getattr(after, field)))
        for field, label in LABELS.items()
        if getattr(before, field) != getattr(after, field)
    ]


def compared_with_previous(revisions: Sequence[ProjectRevision]) -> list[ComparedRevision]:
    """Each revision but the first, compared with the one before it; the newest first."""
    return [
        ComparedRevision(after, before.revision, changes(before.template, after.template))
        for before, after in pairwise(revisions)
    ][::-1]


def _items(before: Any, after: Any) -> Sequence[Pieces]:
    if isinstance(before, list):
        return changed_items(before, after)
    if isinstance(before, str):
        return (changed_words(before, after),)
    return (changed_whole(_in_words(before), _in_words(after)),)


def _in_words(value: Any) -> str:
    return dates.day(value) if isinstance(value, date) else str(value)
