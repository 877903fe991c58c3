"""A host's ranking of its applicants, and what may be wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.matching.rules.life import STANDS, Application, State
from services.matching.rules.rounds import Round
from shared.contracts.intake import Fault
from shared.workflow import NotAllowed


@dataclass(frozen=True, slots=True)
class Project:
    """An approved project, to whose host it falls to rank its applicants of the round in which it takes part now."""

    project_id: str
    round_id: str
    host_id: str
    title: str
    places: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """A host's order of its applicants, best first."""

    application_ids: tuple[str, ...]
    received_at: datetime


def check_open(project: Project, round_: Round | None) -> None:
    """Raises `NotAllowed`, with the reason, where a project takes no ranking any more."""
    if project.withdrawn:
        raise NotAllowed("The host withdrew this project: there is nobody to rank.")
    if round_ and round_.matched_at:
        raise NotAllowed("The match of this round was made: rankings are not changed afterwards.")


def faults_in(project_id: str, application_ids: Sequence[str], known: Mapping[str, Application]) -> list[Fault]:
    """Every fault of a ranking, by its place in it; `known` are those of the applications that are known at all."""
    reasons = _reasons(project_id, application_ids, known)
    return [Fault(field=f"application_ids.{place}", reason=reason) for place, reason in reasons]


def _reasons(
    project_id: str, application_ids: Sequence[str], known: Mapping[str, Application]
) -> Iterator[tuple[int, str]]:
    first_place: dict[str, int] = {}
    for place, application_id in enumerate(application_ids):
        application = known.get(application_id)
        if application_id in first_place:
            yield place, f"This one is ranked already, as application_ids.{first_place[application_id]}: rank it once."
        elif application is None:
            yield place, "No application of this id is known: leave it out."
        elif application.project_id != project_id:
            yield place, "This application is for another project: leave it out."
        elif application.state is State.WITHDRAWN:
            yield place, "The student withdrew this application: leave it out."
        elif application.state not in STANDS:
            yield place, "This application has ended: leave it out."
        first_place.setdefault(application_id, place)
