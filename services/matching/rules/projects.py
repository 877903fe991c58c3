"""Projects, with the facts that pages about applicants and placements show."""

from dataclasses import dataclass

from services.matching.rules.life import Days
from services.matching.rules.rankings import Project
from shared.contracts.submissions import ProjectTemplate
from shared.obligations import REMOTE, host_obligations


@dataclass(frozen=True, slots=True)
class ProjectInFull(Project):
    """An approved project with its days. `template` is its newest revision, none until that has arrived here."""

    days: Days
    template: ProjectTemplate | None

    @property
    def is_remote(self) -> bool:
        return self.template is not None and self.template.mode == REMOTE

    @property
    def obligations(self) -> list[str]:
        """What its host has agreed to do."""
        return host_obligations(self.template.mode if self.template else "")


@dataclass(frozen=True, slots=True)
class Named:
    """The names of a project and its host."""

    title: str
    organisation: str
