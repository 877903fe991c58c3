"""What a reviewer should look at: automatic findings, which decide nothing.

They look for what reviewers return most (an outcome that is not tangible, a vague scope, no named supervisor), for work
that the programme excludes or that needs care, and for commercial hosts whose students would do productive work. Each
is a simple test of words, and says plainly what it looked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from shared.contracts.submissions import ProjectTemplate

FEWEST_WORDS_OF_SCOPE: Final = 20
FEWEST_WORDS_OF_SUPERVISION: Final = 8
MOST_STUDENTS_A_SUPERVISOR: Final = 6
"""The largest group that a host of the Oxford programme reports (reference: host testimonials)."""

INTANGIBLE: Final = re.compile(
    r"\b(appreciation|awareness|confidence|exposure|experience|help|ideas?|insights?|knowledge|learning"
    r"|observation|shadowing|support|understanding)\b",
    re.IGNORECASE,
)
TANGIBLE: Final = re.compile(
    r"\b(analysis|articles?|catalogue|charts?|checklist|code|database|data ?set|deck|design|document|drafts?|film|guide"
    r"|list|map|model|notes?|paper|plan|poster|presentation|prototype|records?|reports?|review|sketches|slides"
    r"|spreadsheet|summary|survey|table|tool|video|website)\b",
    re.IGNORECASE,
)
NEEDS_SAFEGUARDING: Final = re.compile(
    r"\b(child(?:ren)?|minors|patients?|pupils?|schoolchildren|toddlers|vulnerable)\b"
)
EXCLUDED: Final = {
    "patient care": re.compile(
        r"\b(?:patient care|personal care|bedside|nurs(?:e|ing)|(?:administer(?:ing)?|giv(?:e|ing)) medic\w+"
        r"|treat(?:ing)? patients|care for (?:the )?(?:patients|residents|elderly))\b",
    ),
    "tutoring": re.compile(
        r"\b(?:tutor(?:s|ing)?|coach(?:ing)? (?:pupils|students)|homework|invigilat\w+"
        r"|teach(?:ing)? (?:a |the )?(?:class\w*|lessons?))\b",
    ),
    "a dangerous workplace": re.compile(
        r"\b(?:asbestos|building sites?|chainsaws?|confined spaces?|construction sites?|demolition|explosives?"
        r"|firearms?|forklifts?|(?:heavy|dangerous) machinery|high voltage|offshore|quarry|roofing|scaffold\w*"
        r"|at heights?)\b",
    ),
}
"""Work that other programmes exclude (Parker Dewey, project eligibility: reference 1.3)."""
HAZARDS: Final = re.compile(
    r"\b(biohazards?|boats?|chemicals?|diving|fieldwork|field trips?|lab(?:oratory)? (?:bench|work)|lone working"
    r"|pathogens?|radiation|radioactive|reagents?|solvents?|wet lab|workshop machines?)\b",
)
COMMERCIAL: Final = frozenset({"commercial", "company", "limited company", "partnership", "plc", "llp", "sole trader"})
"""Legal statuses of hosts that the law's exception for voluntary workers does not cover: it is for charities, voluntary
and statutory bodies alone (reference 1.4)."""
PRODUCES: Final = re.compile(
    r"\s*(?:assemble|build|code|create|deliver|design|develop|draft|edit|implement|make|manufacture|market|photograph"
    r"|process|produce|program|publish|redesign|sell|serve|ship|translate|update|write)\b",
    re.IGNORECASE,
)
"""The first word of a task that makes something for the host."""


class Kind(StrEnum):
    """What a finding is about; its value is used in addresses, and stored in approval rules."""

    VAGUE = "vague"
    NOT_TANGIBLE = "not-tangible"
    NO_NAMED_SUPERVISOR = "no-named-supervisor"
    MEAGRE_SUPERVISION = "meagre-supervision"
    LARGE_GROUP = "large-group"
    SAFEGUARDING = "safeguarding"
    EXCLUDED_WORK = "excluded-work"
    HAZARD = "hazard"
    UNPAID_PRODUCTION = "unpaid-production"


NAMES: Final[Mapping[Kind, str]] = {
    Kind.VAGUE: "vague",
    Kind.NOT_TANGIBLE: "not tangible",
    Kind.NO_NAMED_SUPERVISOR: "no named supervisor",
    Kind.MEAGRE_SUPERVISION: "meagre supervision",
    Kind.LARGE_GROUP: "large group",
    Kind.SAFEGUARDING: "safeguarding",
    Kind.EXCLUDED_WORK: "excluded work",
    Kind.HAZARD: "hazard",
    Kind.UNPAID_PRODUCTION: "unpaid production",
}
"""What each is called on pages."""
SERIOUS: Final = frozenset({Kind.EXCLUDED_WORK, Kind.UNPAID_PRODUCTION, Kind.SAFEGUARDING, Kind.HAZARD})
"""Findings on which a project is more likely declined than corrected."""


class Finding(BaseModel):
    """Something to look at: its kind, the field where it was found, and the text for the reviewer."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Host:
    """The facts of a host that matter for its projects."""

    host_id: str
    organisation: str
    legal_status: str
    sector: str

    @property
    def is_commercial(self) -> bool:
        return self.legal_status.strip().casefold() in COMMERCIAL


def findings(project: ProjectTemplate, host: Host | None = None) -> list[Finding]:
    """Everything that the tests find in a project, in the order of the template; the host may not be known yet."""
    return [Finding(kind=kind, field=field, text=text) for kind, field, test in _TESTS for text in test(project, host)]


def _vague_scope(project: ProjectTemplate, _host: Host | None) -> Iterator[str]:
    count = len(_words(project.scope))
    if count < FEWEST_WORDS_OF_SCOPE:
        yield f"The scope has {count} words; a student can hardly tell from it what the project is and is not."


def _intangible_deliverables(project: ProjectTemplate, _host: Host | None) -> Iterator[str]:
    for deliverable in project.deliverables:
        if INTANGIBLE.search(deliverable) and not TANGIBLE.search(deliverable):
            yield f"“{deliverable}” names nothing that will exist at the end."


def _unnamed_supervisor(project: ProjectTemplate, _host: Host | None) -> Iterator[str]:
    # The finding does not repeat the name: it is personal.
    name = set(_words(project.supervisor_name))
    if not name & set(_words(project.supervision)):
        yield "The supervision does not name the supervisor: who is there for the student from day to day?"


def _meagre_supervision(project: ProjectTemplate, _host: Host | None) -> Iterator[str]:
    count = len(_words(project.supervision))
    if count < FEWEST_WORDS_OF_SUPERVISION:
        yield f"The supervision is described in {count} words: when and how does the supervisor meet the student?"


def _too_many_students(project: ProjectTemplate, _host: Host | None) -> Iterator[str]:
    if project.places > MOST_STUDENTS_A_SUPERVISOR:
        yield f"One named supervisor for {project.places} students: can they be there for all of them?"


def _needs_safeguarding(project: ProjectTemplate, _host: Host | None) -> Iterator[str]:
    named = _named(NEEDS_SAFEGUARDING, project)
    if named:
        yield f"It mentions {named}: are the student's checks and the host's safeguarding settled?"


def _excluded_work(project: ProjectTemplate, _host: Host | None) -> Iterator[str]:
    for work, words in EXCLUDED.items():
        named = _named(words, project)
        if named:
            yield f"It reads as {work} ({named}), which the programme does not place students in."


def _hazards(project: ProjectTemplate, _host: Host | None) -> Iterator[str]:
    named = _named(HAZARDS, project)
    if named:
        yield f"It mentions {named}: is there a risk assessment, and an induction before the work begins?"


def _unpaid_production(project: ProjectTemplate, host: Host | None) -> Iterator[str]:
    producing = [task for task in project.tasks if PRODUCES.match(task)]
    if host and host.is_commercial and 2 * len(producing) >= len(project.tasks) > 0:
        named = " and ".join(f"“{task}”" for task in producing[:2])
        yield (
            f"The host is commercial, and {len(producing)} of {len(project.tasks)} tasks read as production for it"
            f" ({named}). Unpaid, the student may observe and assist; work that the host would otherwise pay for may be"
            " owed the minimum wage."
        )


def _named(words: re.Pattern[str], project: ProjectTemplate) -> str:
    """The words found in what the student would do: in lower case, each once, sorted."""
    text = " ".join((project.title, project.scope, *project.tasks)).lower()
    return ", ".join(sorted({match.group() for match in words.finditer(text)}))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w’']+", text.casefold())


_TESTS: tuple[tuple[Kind, str, Callable[[ProjectTemplate, Host | None], Iterable[str]]], ...] = (
    (Kind.VAGUE, "scope", _vague_scope),
    (Kind.SAFEGUARDING, "scope", _needs_safeguarding),
    (Kind.EXCLUDED_WORK, "tasks", _excluded_work),
    (Kind.HAZARD, "tasks", _hazards),
    (Kind.UNPAID_PRODUCTION, "tasks", _unpaid_production),
    (Kind.NOT_TANGIBLE, "deliverables", _intangible_deliverables),
    (Kind.NO_NAMED_SUPERVISOR, "supervision", _unnamed_supervisor),
    (Kind.MEAGRE_SUPERVISION, "supervision", _meagre_supervision),
    (Kind.LARGE_GROUP, "places", _too_many_students),
)
