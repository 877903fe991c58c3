"""What staff, hosts and students do in a term, when they are asked to."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from ninthweek.demonstration.term.tables import Faults, read_table
from shared.contracts.evaluation import Respondent
from shared.contracts.faults import faults_of

Named = Annotated[str, Field(min_length=1)]
OneToFive = Annotated[int, Field(ge=1, le=5)]


class Verdict(BaseModel):
    """What staff decide on a revision of a project."""

    project_id: Named
    revision: int
    verdict: Literal["approve", "return", "decline"]
    comment: str


class Ranked(BaseModel):
    """Where an application stands in its host's order; 1 is the best."""

    project_id: Named
    application_id: Named
    rank: int


class Reply(BaseModel):
    """What a student answers if offered the place."""

    application_id: Named
    reply: Literal["accept", "decline", "ignore"]


class Feedback(BaseModel):
    """What one side answers after the placement."""

    application_id: Named
    respondent: Respondent
    outcome: OneToFive
    supervision: OneToFive
    skills_before: OneToFive
    skills_after: OneToFive
    network: OneToFive
    recommend: Annotated[int, Field(ge=0, le=10)]
    comment: str


@dataclass(frozen=True, slots=True)
class Script:
    """The script, keyed by what a person is asked about. `rankings` has each project's applications, best first."""

    verdicts: Mapping[tuple[str, int], Verdict]
    rankings: Mapping[str, list[str]]
    replies: Mapping[str, Reply]
    feedback: Mapping[tuple[str, Respondent], Feedback]


Line = TypeVar("Line", bound=BaseModel)
Key = TypeVar("Key", bound=Hashable)


def read_script(folder: Path, faults: Faults) -> Script:
    """Everything in `script/`."""
    ranked = _read(folder, "rankings.csv", Ranked, lambda line: (line.project_id, line.application_id), faults)
    return Script(
        verdicts=_read(folder, "verdicts.csv", Verdict, lambda line: (line.project_id, line.revision), faults),
        rankings=_rankings(ranked.values()),
        replies=_read(folder, "replies.csv", Reply, lambda line: line.application_id, faults),
        feedback=_read(folder, "feedback.csv", Feedback, lambda line: (line.application_id, line.respondent), faults),
    )


def _read(folder: Path, name: str, model: type[Line], key: Callable[[Line], Key], faults: Faults) -> dict[Key, Line]:
    lines: dict[Key, Line] = {}
    for row in read_table(folder, f"script/{name}", list(model.model_fields), faults):
        try:
            line = model.model_validate(row.cells)
        except ValidationError as error:
            faults += [f"{row.place}: {fault.field}: {fault.reason}" for fault in faults_of(error.errors())]
            continue
        if key(line) in lines:
            faults.append(f"{row.place}: repeats an earlier line.")
        lines[key(line)] = line
    return lines


def _rankings(ranked: Iterable[Ranked]) -> dict[str, list[str]]:
    rankings: defaultdict[str, list[str]] = defaultdict(list)
    for line in sorted(ranked, key=lambda line: line.rank):
        rankings[line.project_id].append(line.application_id)
    return dict(rankings)
