"""Long lists, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query

Item = TypeVar("Item")

PAGE: Final = 50
"""Rows of a page."""

PageIs = Annotated[int, Query(ge=1, le=100_000, description="Which page of a long list.")]
WordsAre = Annotated[str, Query(max_length=200, description="Words, all of which must be found.")]


@dataclass(frozen=True, slots=True)
class Paged(Generic[Item]):
    """A page of a list: its rows, how many there are in all, and which page was asked for, from 1."""

    rows: Sequence[Item]
    total: int
    asked: int

    @property
    def pages(self) -> int:
        return max(1, ceil(self.total / PAGE))

    @property
    def page(self) -> int:
        """The page that is shown: the last one if a later one was asked for."""
        return min(self.asked, self.pages)

    @property
    def first(self) -> int:
        """The number of its first row in the list, from 1."""
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def page_of(items: Sequence[Item], asked: int) -> Paged[Item]:
    page = Paged(items, len(items), asked).page
    return Paged(items[(page - 1) * PAGE : page * PAGE], len(items), asked)


def address(path: str, **asked: str) -> str:
    """The address of a list's page, up to the page number."""
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value} | {'page': ''})}"
