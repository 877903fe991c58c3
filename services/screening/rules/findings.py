"""What a reviewer should look at: automatic findings, which decide nothing.

They look for what reviewers return most: no named supervisor, a vague scope, an outcome that is not tangible, and for
work with people who need safeguarding. Each is a plain test of words, honest about what it looked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator
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
    r"\b(child(?:ren)?|minors|patients?|pupils?|schoolchildren|toddlers|vulnerable)\b", re.IGNORECASE
)


class Finding(BaseModel):
    """Something to look at, and where."""

    model_config = ConfigDict(frozen=True)

    field: str
    text: str


def findings(project: ProjectTemplate) -> list[Finding]:
    """Everything that the tests find in a project, in the order of the template."""
    return [Finding(field=field, text=text) for field, test in _TESTS for text in test(project)]


def _vague_scope(project: ProjectTemplate) -> Iterator[str]:
    count = len(_words(project.scope))
    if count < FEWEST_WORDS_OF_SCOPE:
        yield f"The scope has {count} words; a student can hardly tell from it what the project is and is not."


def _intangible_deliverables(project: ProjectTemplate) -> Iterator[str]:
    for deliverable in project.deliverables:
        if INTANGIBLE.search(deliverable) and not TANGIBLE.search(deliverable):
            yield f"“{deliverable}” names nothing that will exist at the end."


def _unnamed_supervisor(project: ProjectTemplate) -> Iterator[str]:
    # The finding does not repeat the name: it is personal.
    name = set(_words(project.supervisor_name))
    if not name & set(_words(project.supervision)):
        yield "The supervision does not name the supervisor: who is there for the student from day to day?"


def _meagre_supervision(project: ProjectTemplate) -> Iterator[str]:
    count = len(_words(project.supervision))
    if count < FEWEST_WORDS_OF_SUPERVISION:
        yield f"The supervision is described in {count} words: when and how does the supervisor meet the student?"


def _too_many_students(project: ProjectTemplate) -> Iterator[str]:
    if project.places > MOST_STUDENTS_A_SUPERVISOR:
        yield f"One named supervisor for {project.places} students: can they be there for all of them?"


def _needs_safeguarding(project: ProjectTemplate) -> Iterator[str]:
    said = " ".join((project.title, project.scope, *project.tasks))
    named = sorted({word.lower() for word in NEEDS_SAFEGUARDING.findall(said)})
    if named:
        yield f"It speaks of {', '.join(named)}: are the student's checks and the host's safeguarding settled?"


def _words(text: str) -> list[str]:
    return re.findall(r"[\w’']+", text.casefold())


_TESTS: tuple[tuple[str, Callable[[ProjectTemplate], Iterable[str]]], ...] = (
    ("scope", _vague_scope),
    ("scope", _needs_safeguarding),
    ("deliverables", _intangible_deliverables),
    ("supervision", _unnamed_supervisor),
    ("supervision", _meagre_supervision),
    ("places", _too_many_students),
)
