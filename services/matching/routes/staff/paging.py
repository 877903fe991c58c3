"""Long lists, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query

Item = TypeVar("Item")

PAGE: Final = 50
"""Rows."""

PageIs = Annotated[int, Query(ge=1, le=100_000, description="Which page of a long list.")]
WordsAre = Annotated[str, Query(max_length=200, description="Words that are all to be found.")]


@dataclass(frozen=True, slots=True)
class Paged(Generic[Item]):
    """A page of a list: its rows, how many there are in all, and which page it is, from 1."""

    rows: Sequence[Item]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, ceil(self.total / PAGE))


def page_of(items: Sequence[Item], page: int) -> Paged[Item]:
    return Paged(items[(page - 1) * PAGE : page * PAGE], len(items), page)


def address(path: str, **asked: str) -> str:
    """A list's address up to the number of its page."""
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value} | {'page': ''})}"
