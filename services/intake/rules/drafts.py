"""A draft of a project: saved as its host types, checked as a submission would be, and sent once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from services.intake.rules.projects import Project
from services.intake.rules.template import FIELDS, Step, blank, name_of, step_of
from shared.contracts.faults import Fault
from shared.contracts.fields import HostId, Moment, ProjectId, Revision
from shared.contracts.submissions import ProjectTemplate
from shared.obligations import TEXT_VERSION

NOT_ACCEPTED: Final = Fault(
    field="obligations", reason="Accept what hosts take on: students are promised it before they apply."
)
_TERM_FIELDS: Final = ("week", "starts_on")
_BLANK_VALUES: Final[tuple[JsonValue, ...]] = (None, "", [])


class End(StrEnum):
    """How a draft ended."""

    SENT = "sent"
    """It has become a revision."""
    DISCARDED = "discarded"


class Save(BaseModel):
    """The last save of a step: which version of the draft it made, from which window, and when."""

    model_config = ConfigDict(frozen=True)

    version: int
    window: str
    at: Moment


class Acceptance(BaseModel):
    """A person's acceptance of the obligations, for one mode of work: their text is another one for remote work."""

    model_config = ConfigDict(frozen=True)

    text_version: int
    mode: str
    by: str
    at: Moment


class Draft(BaseModel):
    """A new project, or the next revision of one, as far as its host has written it."""

    model_config = ConfigDict(frozen=True)

    draft_id: UUID
    host_id: HostId
    project_id: ProjectId
    revision: Revision
    content: dict[str, JsonValue]
    version: int
    saves: dict[Step, Save]
    acceptance: Acceptance | None
    saved_at: Moment
    ended: End | None = None

    @property
    def title(self) -> str:
        return str(self.content.get("title") or "")

    @property
    def mode(self) -> str:
        return str(self.content.get("mode") or "")

    @property
    def is_accepted(self) -> bool:
        """Whether the obligations were accepted in their present text, which depends on the mode."""
        given = self.acceptance
        return given is not None and (given.text_version, given.mode) == (TEXT_VERSION, self.mode)

    @property
    def proposal(self) -> dict[str, JsonValue]:
        """The content that would be sent: what was typed, and a blank for every other field."""
        return {
            **{field: blank(field) for field in ProjectTemplate.model_fields},
            **{field: value for field, value in self.content.items() if value is not None},
            "project_id": self.project_id,
            "revision": self.revision,
            "host_id": self.host_id,
        }


def blank_draft(draft_id: UUID, host_id: str, *, now: datetime) -> Draft:
    """An empty draft of a new project, which gets its id here."""
    return Draft(
        draft_id=draft_id,
        host_id=host_id,
        project_id=f"P-{draft_id}",
        revision=1,
        content={},
        version=1,
        saves={},
        acceptance=None,
        saved_at=now,
    )


def correction(draft_id: UUID, project: Project, *, now: datetime) -> Draft:
    """A draft of a project's next revision, filled in from the last one."""
    return blank_draft(draft_id, project.host_id, now=now).model_copy(
        update={
            "project_id": project.project_id,
            "revision": project.revision + 1,
            "content": project.template.model_dump(mode="json"),
        }
    )


def offered_again(draft_id: UUID, project: Project, *, now: datetime) -> Draft:
    """A draft of a new project, filled in from an earlier one but without its dates."""
    content = project.template.model_dump(mode="json", exclude=set(_TERM_FIELDS))
    return blank_draft(draft_id, project.host_id, now=now).model_copy(update={"content": content})


def overwrites(draft: Draft, step: Step, typed: Mapping[str, JsonValue], *, seen: int, window: str) -> bool:
    """Whether saving this would overwrite what another window has saved of the step since version `seen`."""
    last = draft.saves.get(step)
    if last is None or last.version <= seen or last.window == window:
        return False
    return not is_saved(draft, step, typed)


def is_saved(draft: Draft, step: Step, typed: Mapping[str, JsonValue]) -> bool:
    """Whether the draft has exactly this already."""
    return all(_same(draft.content.get(field), typed[field]) for field in FIELDS[step])


def saved(draft: Draft, step: Step, typed: Mapping[str, JsonValue], *, window: str, now: datetime) -> Draft:
    """The draft with what was typed into a step; the same object if that changes nothing."""
    if is_saved(draft, step, typed):
        return draft
    return _next(draft, step, window, now).model_copy(update={"content": {**draft.content, **typed}})


def accepted(draft: Draft, by: str | None, *, window: str, now: datetime) -> Draft:
    """The draft with the obligations accepted by a person; with `None`, no longer accepted."""
    if (by is not None) == draft.is_accepted:
        return draft
    given = None if by is None else Acceptance(text_version=TEXT_VERSION, mode=draft.mode, by=by, at=now)
    return _next(draft, Step.OBLIGATIONS, window, now).model_copy(update={"acceptance": given})


def following(draft: Draft, project: Project, *, now: datetime) -> Draft:
    """The draft as a correction of the project's present revision, which is newer than the one that it corrected."""
    return draft.model_copy(update={"revision": project.revision + 1, "version": draft.version + 1, "saved_at": now})


def ended(draft: Draft, end: End) -> Draft:
    """A draft that was sent or discarded: its content is removed, and its id, its host and how it ended remain."""
    return draft.model_copy(update={"content": {}, "acceptance": None, "ended": end})


def by_step(faults: Sequence[Fault]) -> dict[Step, list[Fault]]:
    """The faults of each step; those that belong to no field of the template are on the last."""
    return {step: [fault for fault in faults if step_of(fault) is step] for step in Step}


def faults_in_filled_fields(draft: Draft, faults: Sequence[Fault]) -> list[Fault]:
    """The faults to show while somebody is typing: none for a field that is still empty."""
    return [fault for fault in faults if draft.content.get(name_of(fault)) not in _BLANK_VALUES]


def can_be_previewed(faults: Sequence[Fault]) -> bool:
    """Whether the fields that students will see have no fault."""
    return all(step_of(fault) not in FIELDS for fault in faults)


def faults_before_sending(draft: Draft, faults: Sequence[Fault]) -> dict[Step, list[Fault]]:
    """Everything that keeps a draft from being sent, by the step in which to correct it."""
    found = {**by_step(faults), Step.OBLIGATIONS: faults_in_acceptance(draft)}
    return {step: found[step] for step in Step if found[step]}


def faults_in_acceptance(draft: Draft) -> list[Fault]:
    return [] if draft.is_accepted else [NOT_ACCEPTED]


def steps_done(draft: Draft, faults: Sequence[Fault]) -> set[Step]:
    """The steps that need nothing more."""
    at_fault = {step for step, of_step in by_step(faults).items() if of_step}
    done = {step for step in FIELDS if step not in at_fault and _is_begun(draft, step)}
    return done | ({Step.OBLIGATIONS} if draft.is_accepted else set())


def _is_begun(draft: Draft, step: Step) -> bool:
    return any(draft.content.get(field) not in _BLANK_VALUES for field in FIELDS[step])


def _same(one: JsonValue, other: JsonValue) -> bool:
    return one == other or (one in _BLANK_VALUES and other in _BLANK_VALUES)


def _next(draft: Draft, step: Step, window: str, now: datetime) -> Draft:
    version = draft.version + 1
    save = Save(version=version, window=window, at=now)
    return draft.model_copy(update={"version": version, "saves": {**draft.saves, step: save}, "saved_at": now})
