"""What became of everything that was submitted, in the manner of Jepsen's total-queue checker.

Every submission must have its effect, no submission two of them, and there must be no effect that nobody asked for.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """How many were submitted and what became of them; `lost`, `duplicated` and `unexpected` name each one."""

    submitted: int = 0
    accepted: int = 0
    refused: int = 0
    lost: tuple[str, ...] = ()
    duplicated: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    at_rest: float | None = None
    """When all had come to rest, in seconds of the monotonic clock, where somebody noted it."""

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.duplicated or self.unexpected)

    def __add__(self, other: "Report") -> "Report":
        return Report(
            self.submitted + other.submitted,
            self.accepted + other.accepted,
            self.refused + other.refused,
            self.lost + other.lost,
            self.duplicated + other.duplicated,
            self.unexpected + other.unexpected,
        )

    def __or__(self, other: "Report") -> "Report":
        """Two views of one history: a fault that either shows is a fault."""
        return Report(
            self.submitted,
            min(self.accepted, other.accepted),
            max(self.refused, other.refused),
            tuple(sorted({*self.lost, *other.lost})),
            tuple(sorted({*self.duplicated, *other.duplicated})),
            tuple(sorted({*self.unexpected, *other.unexpected})),
            self.at_rest or other.at_rest,
        )

    def __str__(self) -> str:
        return (
            f"submitted={self.submitted} accepted={self.accepted} refused={self.refused} lost={len(self.lost)} "
            f"duplicated={len(self.duplicated)} unexpected={len(self.unexpected)}"
        )


def judge(submitted: Iterable[str], accepted: Iterable[str], refused: Iterable[str] = ()) -> Report:
    """Compare the effects with the submissions.

    `accepted` and `refused` have one name for each effect that was seen: that of the submission that it answers. What
    was submitted several times under one name is one submission.
    """
    asked = frozenset(submitted)
    taken, turned_away = Counter(accepted), Counter(refused)
    answers = taken + turned_away
    return Report(
        submitted=len(asked),
        accepted=len(asked & taken.keys()),
        refused=len(asked & turned_away.keys()),
        lost=tuple(sorted(asked - answers.keys())),
        duplicated=tuple(sorted(name for name, number in answers.items() if number > 1)),
        unexpected=tuple(sorted(answers.keys() - asked)),
    )
