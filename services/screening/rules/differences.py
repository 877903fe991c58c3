"""What a host changed between two revisions of its project."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.contracts.submissions import ProjectTemplate
from shared.dates import day
from shared.differences import Change, Pieces, changed_items, changed_whole, changed_words


class Difference(BaseModel):
    """A field of the template, before and after."""

    model_config = ConfigDict(frozen=True)

    field: str
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True)
class MarkedField:
    """A field as it was submitted; each of its items is in pieces. A field that is no list has one item."""

    field: str
    items: tuple[Pieces, ...]
    is_list: bool

    @property
    def is_changed(self) -> bool:
        return any(piece.change is not Change.KEPT for item in self.items for piece in item)


def differences(before: ProjectTemplate, after: ProjectTemplate) -> list[Difference]:
    """Every field that changed, in the order of the template."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return [Difference(field=field, before=old[field], after=new[field]) for field in old if old[field] != new[field]]


def marked(before: ProjectTemplate | None, after: ProjectTemplate) -> dict[str, MarkedField]:
    """Every field of a revision with its changes marked, in the order of the template; a first revision has none."""
    new = after.model_dump()
    old = before.model_dump() if before else new
    return {field: _marked_field(field, old[field], new[field]) for field in new}


def _marked_field(field: str, before: Any, after: Any) -> MarkedField:
    if isinstance(after, list):
        return MarkedField(field, changed_items(before, after), is_list=True)
    if isinstance(after, str):
        return MarkedField(field, (changed_words(before, after),), is_list=False)
    return MarkedField(field, (changed_whole(_shown(before), _shown(after)),), is_list=False)


def _shown(value: date | int) -> str:
    return day(value) if isinstance(value, date) else str(value)
