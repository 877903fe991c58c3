"""Hosts and students, with the facts that pages show."""

from dataclasses import dataclass
from typing import Final

LEVELS: Final = {"UG": "undergraduate", "PGT": "taught postgraduate", "PGR": "research student"}


@dataclass(frozen=True, slots=True)
class Host:
    """An organisation, and its contact."""

    host_id: str
    organisation: str
    sector: str
    city: str
    contact_name: str


@dataclass(frozen=True, slots=True)
class Student:
    """A student. Level, division and domicile are the groups by which fair treatment is measured."""

    student_id: str
    name: str
    level: str
    year: int
    discipline: str
    division: str
    domicile: str

    @property
    def studies(self) -> str:
        """`Mathematics, undergraduate, year 2`."""
        return f"{self.discipline}, {LEVELS.get(self.level, self.level)}, year {self.year}"
