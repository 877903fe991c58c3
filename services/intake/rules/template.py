"""The guided template: its steps, the fields of each, and the words that it offers to choose from."""

from datetime import date
from enum import StrEnum
from typing import Any, Final, get_origin

from pydantic import JsonValue

from shared.contracts.submissions import ProjectTemplate


class Step(StrEnum):
    """A page of the template, in the order in which they are gone through."""

    PROJECT = "project"
    WORK = "work"
    SUPERVISION = "supervision"
    STUDENTS = "students"
    ARRANGEMENTS = "arrangements"
    OBLIGATIONS = "obligations"
    PREVIEW = "preview"

    @property
    def following(self) -> "Step":
        steps = list(Step)
        return steps[min(steps.index(self) + 1, len(steps) - 1)]


TITLES: Final = {
    Step.PROJECT: "The project",
    Step.WORK: "The work",
    Step.SUPERVISION: "Supervision",
    Step.STUDENTS: "The students",
    Step.ARRANGEMENTS: "Where and when",
    Step.OBLIGATIONS: "What you take on",
    Step.PREVIEW: "Preview and send",
}

FIELDS: Final[dict[Step, tuple[str, ...]]] = {
    Step.PROJECT: ("title", "category", "scope", "strategic_focus"),
    Step.WORK: ("tasks", "deliverables"),
    Step.SUPERVISION: ("supervisor_name", "supervision"),
    Step.STUDENTS: ("skills", "attributes", "disciplines"),
    Step.ARRANGEMENTS: ("mode", "places", "week", "days", "starts_on"),
}
"""The fields of the template that a step asks for; the last two ask for none."""

LABELS: Final = {
    "title": "Title",
    "category": "Kind of work",
    "mode": "Where the work is done",
    "scope": "Scope",
    "tasks": "Tasks",
    "deliverables": "Deliverables",
    "strategic_focus": "Strategic focus",
    "supervision": "How the student is supervised",
    "supervisor_name": "Supervisor",
    "skills": "Skills sought",
    "attributes": "Attributes sought",
    "disciplines": "Disciplines",
    "places": "Places",
    "week": "Week of term",
    "days": "Working days",
    "starts_on": "First day",
}

CATEGORIES: Final = (
    "audit",
    "business models",
    "cataloguing and archives",
    "data collection",
    "educational writing",
    "fundraising and awareness",
    "marketing",
    "product development",
    "software development",
)
MODES: Final = ("in person", "hybrid", "remote")
ANY_DISCIPLINE: Final = "any"
DIVISIONS: Final = (
    "Humanities",
    "Mathematical, Physical and Life Sciences",
    "Medical Sciences",
    "Social Sciences",
)


def step_of(field: str) -> Step:
    """The step that asks for a field of the template, or for one of its items (`tasks.3`)."""
    name = field.partition(".")[0]
    return next((step for step, fields in FIELDS.items() if name in fields), Step.PREVIEW)


def is_list(field: str) -> bool:
    return get_origin(_annotation(field)) is list


def as_typed(field: str, text: str) -> JsonValue:
    """What was typed, as the contract has it where it can be, and as it is where not: a draft loses nothing.

    `None` where a number or a day is blank.
    """
    text = text.strip()
    if _annotation(field) is int:
        return int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else text or None
    if _annotation(field) is date:
        return text or None
    return text


def blank(field: str) -> JsonValue:
    """What a field holds into which nothing was typed; `None` where it then holds nothing at all."""
    return [] if is_list(field) else as_typed(field, "")


def _annotation(field: str) -> Any:
    return ProjectTemplate.model_fields[field].annotation
