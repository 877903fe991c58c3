"""The sectors of hosts, and the careers they lead to, named as two public standards name them.

Industries are sections of the UK Standard Industrial Classification of Economic Activities 2007 (SIC 2007); careers are
unit groups of the Standard Occupational Classification 2020 (SOC 2020, Volume 1); both are published by the Office for
National Statistics. Which sector leads where is this programme's own judgement. Hosts name their sectors in their own
words: a sector that is not listed here has neither industries nor careers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from services.intake.rules.rounds import slug


@dataclass(frozen=True, slots=True)
class Coded:
    """A group of a classification: its code there and its title."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector, what work in it is like, the industries that it lies in and the careers that it leads to."""

    name: str
    about: str = ""
    industries: tuple[Coded, ...] = ()
    careers: tuple[Coded, ...] = ()
    projects: int = 0
    """How many projects of the sector are listed now."""

    @property
    def slug(self) -> str:
        """The last part of its page's address."""
        return slug(self.name)


SIC_2007: Final = {
    "C": "Manufacturing",
    "D": "Electricity, gas, steam and air conditioning supply",
    "E": "Water supply; sewerage, waste management and remediation activities",
    "J": "Information and communication",
    "K": "Financial and insurance activities",
    "M": "Professional, scientific and technical activities",
    "O": "Public administration and defence; compulsory social security",
    "P": "Education",
    "Q": "Human health and social work activities",
    "R": "Arts, entertainment and recreation",
    "S": "Other service activities",
}
"""Sections."""

SOC_2020: Final = {
    "1135": "Charitable organisation managers and directors",
    "2112": "Biological scientists",
    "2113": "Biochemists and biomedical scientists",
    "2114": "Physical scientists",
    "2115": "Social and humanities scientists",
    "2131": "IT project managers",
    "2133": "IT business analysts, architects and systems designers",
    "2134": "Programmers and software development professionals",
    "2135": "Cyber security professionals",
    "2142": "Graphic and multimedia designers",
    "2151": "Conservation professionals",
    "2152": "Environment professionals",
    "2161": "Research and development (R&D) managers",
    "2162": "Other researchers, unspecified discipline",
    "2311": "Higher education teaching professionals",
    "2313": "Secondary education teaching professionals",
    "2322": "Education managers",
    "2323": "Education advisers and school inspectors",
    "2411": "Barristers and judges",
    "2412": "Solicitors and lawyers",
    "2421": "Chartered and certified accountants",
    "2422": "Finance and investment analysts and advisers",
    "2431": "Management consultants and business analysts",
    "2433": "Actuaries, economists and statisticians",
    "2434": "Business and related research professionals",
    "2440": "Business and financial project management professionals",
    "2471": "Librarians",
    "2472": "Archivists, conservators and curators",
    "2482": "Quality assurance and regulatory professionals",
    "2491": "Newspaper, periodical and broadcast editors",
    "2493": "Public relations professionals",
    "3412": "Authors, writers and translators",
    "3416": "Arts officers, producers and directors",
    "3520": "Legal associate professionals",
    "3544": "Data analysts",
    "3554": "Advertising and marketing associate professionals",
    "3557": "Events managers and organisers",
    "3560": "Public services associate professionals",
}
"""Unit groups."""


def _sector(name: str, about: str, *, sic: str, soc: str) -> Sector:
    industries = tuple(Coded(code, SIC_2007[code]) for code in sic.split())
    return Sector(name, about, industries, tuple(Coded(code, SOC_2020[code]) for code in soc.split()))


_SECTORS: Final = (
    _sector(
        "Charity and development",
        "Raising money and awareness, running programmes, and showing what changed because of them.",
        sic="Q S",
        soc="1135 2434 2493 3554 3557 3560",
    ),
    _sector(
        "Consulting",
        "Looking at another organisation's question, gathering the evidence and saying what to do.",
        sic="M",
        soc="2431 2434 2440 3544",
    ),
    _sector(
        "Education",
        "Teaching, and everything that makes teaching better: materials, policy, access and evaluation.",
        sic="P",
        soc="2311 2313 2322 2323",
    ),
    _sector(
        "Environment and energy",
        "Protecting what is there and changing how we power, heat and move.",
        sic="D E M",
        soc="2114 2151 2152 2482",
    ),
    _sector(
        "Finance",
        "Deciding where money goes, and measuring risk and return.",
        sic="K",
        soc="2421 2422 2433 2440 3544",
    ),
    _sector(
        "Government and policy",
        "Finding out what works, advising those who decide, and running services for everyone.",
        sic="O",
        soc="2115 2433 2434 3544 3560",
    ),
    _sector(
        "Health and life sciences",
        "From the laboratory bench to the ward: research, trials, and services that keep people well.",
        sic="C M Q",
        soc="2112 2113 2161 2482 3544",
    ),
    _sector(
        "Heritage and museums",
        "Looking after collections and places, and opening them to everyone.",
        sic="R",
        soc="2471 2472 3416 3557",
    ),
    _sector(
        "Law",
        "Advising, drafting, arguing, and making the law work for those who need it.",
        sic="M",
        soc="2411 2412 3520",
    ),
    _sector(
        "Publishing and media",
        "Commissioning, writing, editing, designing and finding readers.",
        sic="J R",
        soc="2142 2491 2493 3412 3554",
    ),
    _sector(
        "Research",
        "Asking a question nobody has answered, and showing how you know.",
        sic="M P",
        soc="2114 2115 2161 2162 2311",
    ),
    _sector(
        "Technology",
        "Building software and the data behind it, and finding out what people need from both.",
        sic="J",
        soc="2131 2133 2134 2135 2142 3544",
    ),
)

SECTORS: Final = {sector.name: sector for sector in _SECTORS}


def sectors(counts: Mapping[str, int]) -> list["Sector"]:
    """The sectors of the programme in the order of their names, with how many projects each has now."""
    return [replace(sector_of(name), projects=counts.get(name, 0)) for name in sorted({*SECTORS, *counts})]


def sector_of(name: str) -> Sector:
    """The sector of that name; an unknown one has nothing but its name."""
    return SECTORS.get(name) or Sector(name)
