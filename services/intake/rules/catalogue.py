"""What the catalogue shows and when, how it is searched, and how its texts are excerpted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from textwrap import shorten
from typing import Annotated, Final
from urllib.parse import urlencode
from zlib import crc32

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.intake.rules.applications import hours_of
from services.intake.rules.careers import Sector, sector_of
from services.intake.rules.projects import ListedProject, Project, ProjectState, last_day
from services.intake.rules.rounds import Round, applications_window, ends_at
from shared.contracts.submissions import HostFacts

PAGE: Final = 24
"""Projects on a page of the catalogue."""

FARTHEST_PAGE: Final = 10_000

LONGEST_QUERY: Final = 200
"""Characters of the text that is searched for."""

ANY: Final = "any"
"""The discipline of a project that is for every one."""

EXCERPT: Final = 170
"""Characters of the excerpt from a text in which nothing was searched for."""

MARK: Final = ("\ue000", "\ue001")
"""What the database puts around a word that was found.

The characters are of private use: no language has them, and they are no markup.
"""

FILTERS: Final[Mapping[str, str]] = {
    "sector": "Sector",
    "category": "Kind of work",
    "week": "Week",
    "mode": "Where the work is done",
    "place": "Place",
    "discipline": "For students of",
    "size": "Size of the organisation",
}
"""The filters of the catalogue, in the order in which they are shown, with their labels."""

SIZES: Final = {"sme": "Small or medium-sized", "large": "Large"}
"""Labels of the sizes that systems send now; any other size is shown as it is."""


class Order(StrEnum):
    BEST = "best"
    NEWEST = "newest"
    SOONEST = "soonest"
    TITLE = "title"


ORDERS: Final = {
    Order.BEST: "Best match",
    Order.NEWEST: "Newest first",
    Order.SOONEST: "Earliest start",
    Order.TITLE: "Title, A to Z",
}


def _valid_order(value: object) -> object:
    return value if value in set(Order) else Order.BEST


def _valid_page(value: object) -> int:
    number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 6 else 1
    return min(max(number, 1), FARTHEST_PAGE)


class Search(BaseModel):
    """A search of the catalogue, read from an address. Values that make no sense are left out."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, BeforeValidator(lambda text: " ".join(str(text).replace("\0", "").split())[:LONGEST_QUERY])] = ""
    sector: list[str] = []
    category: list[str] = []
    week: list[str] = []
    mode: list[str] = []
    place: list[str] = []
    discipline: list[str] = []
    size: list[str] = []
    order: Annotated[Order, BeforeValidator(_valid_order)] = Order.BEST
    page: Annotated[int, BeforeValidator(_valid_page)] = 1

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The values chosen in each filter; an empty list does not filter."""
        return {name: [each for each in getattr(self, name) if each and "\0" not in each] for name in FILTERS}

    @property
    def is_narrow(self) -> bool:
        return bool(self.q) or any(self.chosen.values())

    def address(self, **changes: object) -> str:
        """The address of this search with other values, to its first page."""
        asked: dict[str, object] = {"q": self.q, **self.chosen, "order": self.order} | changes
        plain = {name: value for name, value in asked.items() if value and value != Order.BEST}
        return f"/catalogue?{urlencode(plain, doseq=True)}" if plain else "/catalogue"

    @property
    def address_of_pages(self) -> str:
        """The address of this search, up to the number of the page."""
        address = self.address()
        return f"{address}{'&' if '?' in address else '?'}page="

    def without(self, name: str, value: str) -> str:
        """The address of this search without one value of a filter."""
        return self.address(**{name: [each for each in self.chosen[name] if each != value]})


class Card(BaseModel):
    """A project in the catalogue's list."""

    project_id: str
    title: str
    organisation: str
    sector: str
    city: str
    country: str
    category: str
    mode: str
    week: int
    days: int
    places: int
    starts_on: date
    excerpt: str
    applied: bool

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The excerpt in parts, and whether each was found by the search."""
        if MARK[0] in self.excerpt:
            return parts(f"… {self.excerpt.strip(' ·')} …")
        return parts(shorten(self.excerpt, EXCERPT, placeholder=" …"))


class Choice(BaseModel):
    """A value of a filter, and how many projects choosing it would leave, with all other filters unchanged."""

    filter: str
    value: str
    count: int

    @property
    def id(self) -> str:
        """The id of its checkbox on the page: always the same for the same value."""
        return f"{self.filter}-{crc32(self.value.encode()):x}"

    @property
    def label(self) -> str:
        if self.filter == "week":
            return f"Week {self.value}"
        words = SIZES.get(self.value, self.value) if self.filter == "size" else self.value
        return words[:1].upper() + words[1:]


class Found(BaseModel):
    """One page of the projects found, how many were found in all, and how each filter would narrow them."""

    total: int
    cards: list[Card]
    choices: Annotated[list[Choice], Field(description="Of all filters; those that leave nothing are left out.")]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    def choices_of(self, name: str, chosen: Sequence[str]) -> list[Choice]:
        """A filter's values in order. A chosen one is always among them, even if it leaves nothing."""
        counts = {choice.value: choice.count for choice in self.choices if choice.filter == name}
        values = sorted({*counts, *chosen}, key=lambda value: (not value.isdecimal(), value.zfill(3), value))
        return [Choice(filter=name, value=value, count=counts.get(value, 0)) for value in values]


class Listing(ListedProject):
    """A project with the facts of its host."""

    host: HostFacts

    @property
    def last_day(self) -> date:
        return last_day(self.template)

    @property
    def hours(self) -> float:
        """In the placement's week."""
        return hours_of(self.template)

    @property
    def size_in_words(self) -> str:
        return SIZES.get(self.host.size, self.host.size)

    @property
    def sector_known(self) -> Sector:
        return sector_of(self.sector)


@dataclass(frozen=True, slots=True)
class Season:
    """What the catalogue shows at a moment: the rounds whose projects are listed, and the round that opens next."""

    listed: tuple[Round, ...]
    open: bool
    """Whether the listed rounds take applications."""
    next: Round | None
    """The next round to open."""

    @property
    def first_rounds(self) -> list[str]:
        """The first rounds that are listed, with all their projects."""
        return [each.round_id for each in self.listed if not each.follows]

    @property
    def rounds_with_places_left(self) -> list[str]:
        """The first rounds whose second rounds are listed: of their projects, those that have places left."""
        return [each.follows for each in self.listed if each.follows]


def season(rounds: Iterable[Round], now: datetime) -> Season:
    """The rounds that take applications; if none does, those that have closed and are not over yet."""
    rounds = sorted(rounds, key=lambda each: (each.closes_at, each.round_id))
    ahead = [each for each in rounds if now < each.opens_at]
    following = min(ahead, key=lambda each: each.opens_at, default=None)
    taking = tuple(each for each in rounds if takes_applications(each, now))
    if taking:
        return Season(taking, True, following)
    not_over = tuple(each for each in rounds if each.opens_at <= now < ends_at(each))
    return Season(not_over, False, following)


def takes_applications(round_: Round, now: datetime) -> bool:
    return now in applications_window(round_) and round_.applications_closed_at is None


def may_see(project: Project, round_: Round, now: datetime, *, applied: bool) -> bool:
    """Whether a student may see a project: it is approved and its round has opened, or they have applied for it."""
    return applied or (project.state is ProjectState.APPROVED and now >= round_.opens_at)


def parts(text: str) -> list[tuple[str, bool]]:
    """A text that the database has marked, split into parts, and whether each is marked."""
    opened, closed = MARK
    pieces: list[tuple[str, bool]] = []
    for index, piece in enumerate(text.split(opened)):
        marked, found, plain = piece.partition(closed)
        if index and found:
            pieces += [(marked, True), (plain, False)]
        else:
            pieces.append((piece.replace(closed, ""), False))
    return [(piece, is_marked) for piece, is_marked in pieces if piece]
