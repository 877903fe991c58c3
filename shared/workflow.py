"""Workflows: the state of a thing changes by named transitions, and each change is a step of its history."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from shared.refusals import NotAllowed

StateT = TypeVar("StateT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Step(Generic[StateT]):
    """One step of a history. `before` is `None` in the first one."""

    transition: str
    before: StateT | None
    after: StateT
    by: str
    at: datetime
    comments: str = ""


@dataclass(frozen=True, slots=True)
class Transition(Generic[StateT]):
    """A named change of state: from which states (`None`: there was none), to which, and by whom."""

    name: str
    before: tuple[StateT | None, ...]
    after: StateT
    by: str

    def step(self, state: StateT | None, *, at: datetime, comments: str = "") -> Step[StateT]:
        """The step from a state; raises `NotAllowed` if the transition does not lead from there."""
        if state not in self.before:
            raise NotAllowed(f"{self.name} does not lead from {state}")
        return Step(self.name, state, self.after, self.by, at, comments)
