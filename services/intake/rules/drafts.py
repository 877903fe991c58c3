"""What a host is still writing: saved as it is typed, judged as the door would, and sent once."""

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
_OF_THE_TERM: Final = ("week", "starts_on")
_NOTHING: Final[tuple[JsonValue, ...]] = (None, "", [])


class End(StrEnum):
    """Why a draft is none any more."""

    SENT = "sent"
    """It is a revision now."""
    DISCARDED = "discarded"


class Save(BaseModel):
    """The last save of a step: which version of the draft it made, from which window, and when."""

    model_config = ConfigDict(frozen=True)

    version: int
    window: str
    at: Moment


class Acceptance(BaseModel):
    """That a person accepted the obligations, for work of that mode: the text says other things where it is remote."""

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
        """Whether the obligations were accepted as they now read; another mode, and they read otherwise."""
        given = self.acceptance
        return given is not None and (given.text_version, given.mode) == (TEXT_VERSION, self.mode)

    @property
    def proposal(self) -> dict[str, JsonValue]:
        """What would be sent: what was typed, and blanks for the rest."""
        return {
            **{field: blank(field) for field in ProjectTemplate.model_fields},
            **{field: value for field, value in self.content.items() if value is not None},
            "project_id": self.project_id,
            "revision": self.revision,
            "host_id": self.host_id,
        }


def blank_draft(draft_id: UUID, host_id: str, *, now: datetime) -> Draft:
    """A draft of a project that is not there yet: it gets an id of its own here."""
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
    """A draft of a project's next revision, which begins as the last one."""
    return blank_draft(draft_id, project.host_id, now=now).model_copy(
        update={
            "project_id": project.project_id,
            "revision": project.revision + 1,
            "content": project.template.model_dump(mode="json"),
        }
    )


def taken_again(draft_id: UUID, project: Project, *, now: datetime) -> Draft:
    """A draft of a new project that begins as an earlier one, without that one's dates."""
    content = project.template.model_dump(mode="json", exclude=set(_OF_THE_TERM))
    return blank_draft(draft_id, project.host_id, now=now).model_copy(update={"content": content})


def overwrites(draft: Draft, step: Step, typed: Mapping[str, JsonValue], *, seen: int, window: str) -> bool:
    """Whether to save this would silently undo what another window has saved of the step since `seen`."""
    last = draft.saves.get(step)
    if last is None or last.version <= seen or last.window == window:
        return False
    return not is_saved(draft, step, typed)


def is_saved(draft: Draft, step: Step, typed: Mapping[str, JsonValue]) -> bool:
    """Whether the draft holds just this already."""
    return all(_same(draft.content.get(field), typed[field]) for field in FIELDS[step])


def saved(draft: Draft, step: Step, typed: Mapping[str, JsonValue], *, window: str, now: datetime) -> Draft:
    """The draft with what was typed into a step; the very same one where that changes nothing."""
    if is_saved(draft, step, typed):
        return draft
    return _next(draft, step, window, now).model_copy(update={"content": {**draft.content, **typed}})


def accepted(draft: Draft, by: str | None, *, window: str, now: datetime) -> Draft:
    """The draft once a person has accepted the obligations, or with `None` has taken that back."""
    if (by is not None) == draft.is_accepted:
        return draft
    given = None if by is None else Acceptance(text_version=TEXT_VERSION, mode=draft.mode, by=by, at=now)
    return _next(draft, Step.OBLIGATIONS, window, now).model_copy(update={"acceptance": given})


def following(draft: Draft, project: Project, *, now: datetime) -> Draft:
    """The draft as a correction of the project as it now stands, where that has come to a newer revision meanwhile."""
    return draft.model_copy(update={"revision": project.revision + 1, "version": draft.version + 1, "saved_at": now})


def ended(draft: Draft, end: End) -> Draft:
    """What remains of a draft that was sent or discarded: that it was there, and whose it was."""
    return draft.model_copy(update={"content": {}, "acceptance": None, "ended": end})


def by_step(faults: Sequence[Fault]) -> dict[Step, list[Fault]]:
    """The faults of each step; what no field of the template is at fault for, on the last."""
    return {step: [fault for fault in faults if step_of(fault) is step] for step in Step}


def faults_in_what_is_typed(draft: Draft, faults: Sequence[Fault]) -> list[Fault]:
    """What can be said to whoever is still typing: a field that nobody has come to yet is not at fault."""
    return [fault for fault in faults if draft.content.get(name_of(fault)) not in _NOTHING]


def is_whole(faults: Sequence[Fault]) -> bool:
    """Whether nothing is at fault in what students will see."""
    return all(step_of(fault) not in FIELDS for fault in faults)


def wanting(draft: Draft, faults: Sequence[Fault]) -> dict[Step, list[Fault]]:
    """What keeps a draft from being sent, by the step in which it is mended."""
    found = {**by_step(faults), Step.OBLIGATIONS: faults_in_acceptance(draft)}
    return {step: found[step] for step in Step if found[step]}


def faults_in_acceptance(draft: Draft) -> list[Fault]:
    return [] if draft.is_accepted else [NOT_ACCEPTED]


def steps_done(draft: Draft, faults: Sequence[Fault]) -> set[Step]:
    """The steps in which nothing is left to do."""
    at_fault = {step for step, of_step in by_step(faults).items() if of_step}
    done = {step for step in FIELDS if step not in at_fault and _is_begun(draft, step)}
    return done | ({Step.OBLIGATIONS} if draft.is_accepted else set())


def _is_begun(draft: Draft, step: Step) -> bool:
    return any(draft.content.get(field) not in _NOTHING for field in FIELDS[step])


def _same(one: JsonValue, other: JsonValue) -> bool:
    return one == other or (one in _NOTHING and other in _NOTHING)


def _next(draft: Draft, step: Step, window: str, now: datetime) -> Draft:
    version = draft.version + 1
    save = Save(version=version, window=window, at=now)
    return draft.model_copy(update={"version": version, "saves": {**draft.saves, step: save}, "saved_at": now})
