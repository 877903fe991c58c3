"""What changed between two texts, word by word, for a reader."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Change(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that was kept, or is in only one of the two."""

    change: Change
    text: str


def differences_in_words(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in one order: without those added it reads as before, without those removed as after."""
    return [Piece(change, "".join(words)) for change, words in _sides(_words(before), _words(after))]


def differences_in_lines(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    """The same for lists, item by item."""
    return [Piece(change, item) for change, items in _sides(before, after) for item in items]


def _sides(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Change, Sequence[str]]]:
    for tag, old, old_end, new, new_end in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            yield Change.SAME, after[new:new_end]
            continue
        if old < old_end:
            yield Change.REMOVED, before[old:old_end]
        if new < new_end:
            yield Change.ADDED, after[new:new_end]


def _words(text: str) -> list[str]:
    """The words, each with the space before it: what is added at the end leaves those before it as they are."""
    return re.findall(r"\s*\S+|\s+$", text)
