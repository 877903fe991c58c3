"""A host puts its applicants into its order, one move at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Order:
    """The applicants whom a host has ranked, best first, and those whom it finds not suitable, with its reasons.

    An applicant in neither part is undecided. A move that is no longer possible changes nothing: two people may work on
    the same order, so the page that one of them sees may be out of date.
    """

    ranked: tuple[str, ...] = ()
    not_suitable: Mapping[str, str] = field(default_factory=dict)

    def place_of(self, application_id: str) -> int | None:
        """The place of an applicant, 1 the best; none if it is not ranked."""
        return self.ranked.index(application_id) + 1 if application_id in self.ranked else None

    def up(self, application_id: str) -> Self:
        place = self.place_of(application_id)
        return self.to(application_id, place - 1) if place else self

    def down(self, application_id: str) -> Self:
        place = self.place_of(application_id)
        return self.to(application_id, place + 1) if place else self

    def to(self, application_id: str, place: int) -> Self:
        """Rank an applicant at a place, 1 the best; a place beyond either end is that end."""
        others = [each for each in self.ranked if each != application_id]
        at = min(max(place, 1), len(others) + 1) - 1
        return replace(
            self,
            ranked=(*others[:at], application_id, *others[at:]),
            not_suitable=_without(self.not_suitable, application_id),
        )

    def last(self, application_id: str) -> Self:
        return self.to(application_id, len(self.ranked) + 1)

    def set_aside(self, application_id: str, reason: str) -> Self:
        """Mark an applicant as not suitable."""
        return replace(self.put_back(application_id), not_suitable={**self.not_suitable, application_id: reason})

    def put_back(self, application_id: str) -> Self:
        """Make an applicant undecided: neither ranked nor set aside."""
        return replace(
            self,
            ranked=tuple(each for each in self.ranked if each != application_id),
            not_suitable=_without(self.not_suitable, application_id),
        )

    def among(self, application_ids: Iterable[str]) -> Self:
        """The order without those who no longer apply: only these still do."""
        still_there = set(application_ids)
        return replace(
            self,
            ranked=tuple(each for each in self.ranked if each in still_there),
            not_suitable={each: reason for each, reason in self.not_suitable.items() if each in still_there},
        )

    def undecided(self, application_ids: Sequence[str]) -> list[str]:
        """The applicants who are neither ranked nor set aside, in the order given."""
        return [each for each in application_ids if each not in self.ranked and each not in self.not_suitable]


def _without(reasons: Mapping[str, str], application_id: str) -> dict[str, str]:
    return {each: reason for each, reason in reasons.items() if each != application_id}
