"""What changed between two texts or two lists, for a reader."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

ALIKE: Final = 0.5
"""How similar two items of a list must be, from 0 to 1, for the second to count as a changed version of the first."""


class Change(StrEnum):
    """What happened to a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that were kept, added or removed together."""

    change: Change
    text: str


Pieces = tuple[Piece, ...]


def changed_words(before: str, after: str) -> Pieces:
    """The pieces of a text; removed ones are where they were before. Differences of white space do not count."""
    return tuple(_pieces(_tokens(before), _tokens(after)))


def changed_whole(before: str, after: str) -> Pieces:
    """The pieces of a value that changes only as a whole, such as a number or a day."""
    if before == after:
        return (Piece(Change.KEPT, after),)
    return Piece(Change.REMOVED, before), Piece(Change.ADDED, after)


def changed_items(before: Sequence[str], after: Sequence[str]) -> tuple[Pieces, ...]:
    """The items of a list in pieces; where an item was replaced by a similar one, its pieces are words."""
    return tuple(_items(before, after))


def _items(before: Sequence[str], after: Sequence[str]) -> Iterator[Pieces]:
    for tag, low, high, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = list(before[low:high]), list(after[start:end])
        if tag == "equal":
            yield from ((Piece(Change.KEPT, item),) for item in new)
            continue
        paired = min(len(old), len(new))
        for left, right in zip(old[:paired], new[:paired], strict=True):
            if SequenceMatcher(None, left.split(), right.split()).ratio() >= ALIKE:
                yield changed_words(left, right)
            else:
                yield (Piece(Change.REMOVED, left),)
                yield (Piece(Change.ADDED, right),)
        yield from ((Piece(Change.REMOVED, item),) for item in old[paired:])
        yield from ((Piece(Change.ADDED, item),) for item in new[paired:])


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    # `autojunk` is on by default: in long texts difflib then does not match by frequent words, which would take a time
    # that grows with the square of the length.
    matcher = SequenceMatcher(None, [token.strip() for token in old], [token.strip() for token in new])
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(Change.KEPT, "".join(new[start:end]))
            continue
        if low < high:
            yield Piece(Change.REMOVED, "".join(old[low:high]))
        if start < end:
            yield Piece(Change.ADDED, "".join(new[start:end]))


def _tokens(text: str) -> list[str]:
    """The words, each with the white space around it: joined, they are the text."""
    return re.findall(r"\s*\S+\s*|\s+", text)
