"""What a host changed between two revisions of its project: which fields, and which words of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.contracts.submissions import ProjectTemplate
from shared.dates import day

ALIKE: Final = 0.5
"""Of two items of a list, from 0 to 1: how much they must have in common for one to count as the other, changed."""


class Difference(BaseModel):
    """A field of the template, before and after."""

    model_config = ConfigDict(frozen=True)

    field: str
    before: JsonValue
    after: JsonValue


class Change(StrEnum):
    """What happened to a run of text since the revision before."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that were kept, added or removed together."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class MarkedField:
    """A field as it was submitted, each of its items (one, unless it is a list) in runs."""

    field: str
    items: tuple[tuple[Run, ...], ...]
    is_list: bool

    @property
    def is_changed(self) -> bool:
        return any(run.change is not Change.KEPT for item in self.items for run in item)


def differences(before: ProjectTemplate, after: ProjectTemplate) -> list[Difference]:
    """Every field that changed, in the order of the template."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return [Difference(field=field, before=old[field], after=new[field]) for field in old if old[field] != new[field]]


def marked(before: ProjectTemplate | None, after: ProjectTemplate) -> dict[str, MarkedField]:
    """Every field of a revision with what changed in it, in the order of the template; nothing did in a first one."""
    new = after.model_dump()
    old = before.model_dump() if before else new
    return {field: _marked_field(field, old[field], new[field]) for field in new}


def changed_words(before: str, after: str) -> tuple[Run, ...]:
    """A text in runs of words; those that were removed stand where they were. White space is no difference."""
    return tuple(_runs(_tokens(before), _tokens(after)))


def _marked_field(field: str, before: Any, after: Any) -> MarkedField:
    if isinstance(after, list):
        return MarkedField(field, tuple(_changed_items(before, after)), is_list=True)
    if isinstance(after, str):
        return MarkedField(field, (changed_words(before, after),), is_list=False)
    return MarkedField(field, (_whole(_shown(before), _shown(after)),), is_list=False)


def _changed_items(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Run, ...]]:
    """The items of a list; of those that were replaced, the alike ones in turn show their words."""
    for tag, low, high, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = list(before[low:high]), list(after[start:end])
        if tag == "equal":
            yield from ((Run(Change.KEPT, item),) for item in new)
            continue
        paired = min(len(old), len(new))
        for left, right in zip(old[:paired], new[:paired], strict=True):
            if SequenceMatcher(None, left.split(), right.split()).ratio() >= ALIKE:
                yield changed_words(left, right)
            else:
                yield (Run(Change.REMOVED, left),)
                yield (Run(Change.ADDED, right),)
        yield from ((Run(Change.REMOVED, item),) for item in old[paired:])
        yield from ((Run(Change.ADDED, item),) for item in new[paired:])


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    # Frequent words as anchors would make a long text take as long as its length squared: difflib leaves them out.
    matcher = SequenceMatcher(None, [token.strip() for token in old], [token.strip() for token in new])
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            yield Run(Change.KEPT, "".join(new[start:end]))
            continue
        if low < high:
            yield Run(Change.REMOVED, "".join(old[low:high]))
        if start < end:
            yield Run(Change.ADDED, "".join(new[start:end]))


def _whole(before: str, after: str) -> tuple[Run, ...]:
    if before == after:
        return (Run(Change.KEPT, after),)
    return Run(Change.REMOVED, before), Run(Change.ADDED, after)


def _shown(value: date | int) -> str:
    return day(value) if isinstance(value, date) else str(value)


def _tokens(text: str) -> list[str]:
    """Words, each with the white space that follows it: joined again they are the text."""
    return re.findall(r"\s*\S+\s*|\s+", text)
