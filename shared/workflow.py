"""State moves by named transitions that say from, to and by whom; each move is a line of a history."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from shared.refusals import NotAllowed

StateT = TypeVar("StateT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Step(Generic[StateT]):
    """One line of a history; the first one comes from no state."""

    transition: str
    before: StateT | None
    after: StateT
    by: str
    at: datetime
    comments: str = ""


@dataclass(frozen=True, slots=True)
class Transition(Generic[StateT]):
    """A named move: from which states (`None`: the beginning), to which one, and by whom."""

    name: str
    before: tuple[StateT | None, ...]
    after: StateT
    by: str

    def step(self, state: StateT | None, *, at: datetime, comments: str = "") -> Step[StateT]:
        """The move from a state; raises `NotAllowed` where it does not lead from there."""
        if state not in self.before:
            raise NotAllowed(f"{self.name} does not lead from {state}")
        return Step(self.name, state, self.after, self.by, at, comments)
