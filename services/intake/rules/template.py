"""The guided template: its steps, the fields of each, and the choices that it offers."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, get_origin

from pydantic import JsonValue

from services.intake.rules.projects import DAYS
from services.intake.rules.rounds import Round
from shared import dates
from shared.contracts.faults import Fault
from shared.contracts.submissions import ProjectTemplate

Choice = tuple[str, str]
"""A value and its label."""

WORKING_DAYS: Final = 5
"""The working days of a week."""


class Step(StrEnum):
    """A page of the template; the order is that in which a host goes through them."""

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
"""The fields of the template that each step asks for; the last two steps ask for none."""

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


def name_of(fault: Fault) -> str:
    """The name of the field at fault: `tasks` for the item `tasks.3` too."""
    return fault.field.partition(".")[0]


def step_of(fault: Fault) -> Step:
    """The step in which to correct a fault; the last one if it belongs to no field of the template."""
    return next((step for step, fields in FIELDS.items() if name_of(fault) in fields), Step.PREVIEW)


def is_list(field: str) -> bool:
    return get_origin(_annotation(field)) is list


def as_typed(field: str, text: str) -> JsonValue:
    """What was typed, as the contract's type, or as text if it cannot be read as that: a draft loses nothing.

    `None` if a number or a day is blank.
    """
    text = text.strip()
    if _annotation(field) is int:
        return int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else text or None
    if _annotation(field) is date:
        return text or None
    return text


def blank(field: str) -> JsonValue:
    """The value of a field into which nothing was typed. It keeps the contract, and the rules find what is missing."""
    kind = _annotation(field)
    return [] if is_list(field) else date.min.isoformat() if kind is date else 0 if kind is int else ""


def as_text(content: Mapping[str, JsonValue]) -> dict[str, str]:
    """Every field as text for a form: a list has one item a line, and a missing value is empty."""
    return {field: _text(content.get(field)) for field in LABELS}


def choices(round_: Round | None, content: Mapping[str, JsonValue]) -> dict[str, list[Choice]]:
    """The choices of each field, with what was chosen before even if it is no longer offered."""
    weeks = round_.weeks if round_ else []
    first_days = [week.starts_on + timedelta(days=day) for week in weeks for day in range(WORKING_DAYS)]
    offered: dict[str, list[Choice]] = {
        "category": [("", "Choose one"), *((each, each.capitalize()) for each in CATEGORIES)],
        "mode": [(each, each.capitalize()) for each in MODES],
        "disciplines": [(ANY_DISCIPLINE, "Any discipline"), *((each, each) for each in DIVISIONS)],
        "week": [
            (str(each.week), f"Week {each.week}: {dates.days_between(each.starts_on, each.ends_on)}") for each in weeks
        ],
        "days": [(str(each), f"{each} days") for each in DAYS],
        "starts_on": [("", "Choose one"), *((each.isoformat(), dates.day(each)) for each in first_days)],
    }
    chosen = {field: text.split("\n") for field, text in as_text(content).items()}
    return {
        field: [*options, *((each, each) for each in chosen[field] if each and each not in dict(options))]
        for field, options in offered.items()
    }


def _text(value: JsonValue) -> str:
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return "" if value is None else str(value)


def _annotation(field: str) -> Any:
    return ProjectTemplate.model_fields[field].annotation
