"""What the catalogue shows and when, what may be asked of it, and how its texts are excerpted."""

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

LONGEST_WORDS: Final = 200
"""Characters of a search."""

ANY: Final = "any"
"""A project for every discipline."""

EXCERPT: Final = 170
"""Characters of a text of which nothing was searched for."""

MARK: Final = ("\ue000", "\ue001")
"""What the database puts around a word that was searched for: of no language, and shown as no markup."""

FILTERS: Final[Mapping[str, str]] = {
    "sector": "Sector",
    "category": "Kind of work",
    "week": "Week",
    "mode": "Where the work is done",
    "place": "Place",
    "discipline": "For students of",
    "size": "Size of the organisation",
}
"""By which the catalogue is narrowed, in this order, and what they are called."""

SIZES: Final = {"sme": "Small or medium-sized", "large": "Large"}
"""Hosts have classes of their own; these are the ones that are sent now."""


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


def _sound_order(value: object) -> object:
    return value if value in set(Order) else Order.BEST


def _sound_page(value: object) -> int:
    number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 6 else 1
    return min(max(number, 1), FARTHEST_PAGE)


class Search(BaseModel):
    """What is asked of the catalogue, as an address says it; what makes no sense there is left out of it."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, BeforeValidator(lambda text: " ".join(str(text).replace("\0", "").split())[:LONGEST_WORDS])] = ""
    sector: list[str] = []
    category: list[str] = []
    week: list[str] = []
    mode: list[str] = []
    place: list[str] = []
    discipline: list[str] = []
    size: list[str] = []
    order: Annotated[Order, BeforeValidator(_sound_order)] = Order.BEST
    page: Annotated[int, BeforeValidator(_sound_page)] = 1

    @property
    def chosen(self) -> dict[str, list[str]]:
        """What each filter lets pass; all, where it is empty."""
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
        """The address of a page of this search, up to its number."""
        address = self.address()
        return f"{address}{'&' if '?' in address else '?'}page="

    def without(self, name: str, value: str) -> str:
        """The address of this search when one value of a filter is let go."""
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
        """The excerpt in parts, and whether each was searched for."""
        if MARK[0] in self.excerpt:
            return parts(f"… {self.excerpt.strip(' ·')} …")
        return parts(shorten(self.excerpt, EXCERPT, placeholder=" …"))


class Choice(BaseModel):
    """A value of a filter, and how many projects it would leave, all other filters as they are."""

    filter: str
    value: str
    count: int

    @property
    def id(self) -> str:
        """Of its box on the page: the same for the same value, whatever is found."""
        return f"{self.filter}-{crc32(self.value.encode()):x}"

    @property
    def label(self) -> str:
        if self.filter == "week":
            return f"Week {self.value}"
        words = SIZES.get(self.value, self.value) if self.filter == "size" else self.value
        return words[:1].upper() + words[1:]


class Found(BaseModel):
    """A page of what was found, of how many, and how each filter would narrow it."""

    total: int
    cards: list[Card]
    choices: Annotated[list[Choice], Field(description="Of all filters; those that leave nothing are left out.")]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    def choices_of(self, name: str, chosen: Sequence[str]) -> list[Choice]:
        """A filter's values in order; one that was chosen stays, even where it leaves nothing."""
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
    """What the catalogue shows at a moment: the rounds whose projects are listed, and what is open or comes next."""

    listed: tuple[Round, ...]
    open: bool
    """Whether those listed take applications."""
    next: Round | None
    """The next to open."""

    @property
    def first_rounds(self) -> list[str]:
        """The rounds all of whose projects are listed."""
        return [each.round_id for each in self.listed if not each.follows]

    @property
    def rounds_with_places_left(self) -> list[str]:
        """The rounds whose projects are listed as far as they have places left, for their second rounds."""
        return [each.follows for each in self.listed if each.follows]


def season(rounds: Iterable[Round], now: datetime) -> Season:
    """The rounds that take applications; where none does, those that have closed and are not over yet."""
    rounds = sorted(rounds, key=lambda each: (each.closes_at, each.round_id))
    ahead = [each for each in rounds if now < each.opens_at]
    following = min(ahead, key=lambda each: each.opens_at, default=None)
    taking = tuple(each for each in rounds if takes_applications(each, now))
    if taking:
        return Season(taking, True, following)
    under_way = tuple(each for each in rounds if each.opens_at <= now < ends_at(each))
    return Season(under_way, False, following)


def takes_applications(round_: Round, now: datetime) -> bool:
    return now in applications_window(round_) and round_.applications_closed_at is None


def may_see(project: Project, round_: Round, now: datetime, *, applied: bool) -> bool:
    """Whether a student may read of a project: approved and once its round has opened, or applied for."""
    return applied or (project.state is ProjectState.APPROVED and now >= round_.opens_at)


def parts(text: str) -> list[tuple[str, bool]]:
    """A text that the database has marked, as plain parts and whether each was searched for."""
    opened, closed = MARK
    pieces: list[tuple[str, bool]] = []
    for index, piece in enumerate(text.split(opened)):
        marked, found, plain = piece.partition(closed)
        if index and found:
            pieces += [(marked, True), (plain, False)]
        else:
            pieces.append((piece.replace(closed, ""), False))
    return [(piece, is_marked) for piece, is_marked in pieces if piece]
