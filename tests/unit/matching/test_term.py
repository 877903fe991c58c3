"""The match of the bundled term, by the rules alone."""

import csv
import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from services.matching.rules import offers
from services.matching.rules.life import MATCH, Application, State

TERM = Path(__file__).parents[3] / "ninthweek" / "demonstration" / "terms" / "trinity-2027"


def rows(name: str) -> list[dict[str, str]]:
    with (TERM / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def accepted(name: str, refused: dict[str, list[str]]) -> list[dict[str, str]]:
    """The rows that intake accepts: of each event id the first row, unless it is refused for another fault."""
    first = {row["event_id"]: row for row in reversed(rows(name))}
    return [row for row in reversed(first.values()) if refused.get(row["event_id"], ["event_id"]) == ["event_id"]]


def test_the_match_of_the_bundled_term_is_the_one_expected() -> None:
    expected: dict[str, Any] = json.loads((TERM / "expected.json").read_text())
    received = {row["application_id"]: row for row in accepted("applications.csv", expected["refused"])}
    approved = {row["project_id"]: row for row in accepted("projects.csv", expected["refused"])}
    rankings: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows("script/rankings.csv"), key=lambda row: int(row["rank"])):
        if row["application_id"] in received:
            rankings[row["project_id"]].append(row["application_id"])
    places = {project_id: int(approved[project_id]["places"]) for project_id in expected["projects_approved"]}
    rank = {each: rank for ranking in rankings.values() for rank, each in enumerate(ranking, start=1)}
    applications = [
        Application(
            application_id=application_id,
            round_id="trinity-2027",
            student_id=row["student_id"],
            project_id=row["project_id"],
            host_id=approved[row["project_id"]]["host_id"],
            preference=int(row["preference"]),
            received_at=datetime.fromisoformat(row["sent_at"]),
            state=State.STANDING,
            rank=rank.get(application_id),
        )
        for application_id, row in received.items()
    ]
    now = datetime.fromisoformat("2027-05-21T09:00:00+01:00")

    changes = offers.make_match(applications, places, now=now, reply_by=now)

    assert sorted(received) == sorted(expected["applications_received"])
    assert sum(places.values()) == expected["places"]
    first_offers = [change.application.application_id for change in changes if change.step.transition == MATCH.name]
    assert sorted(first_offers) == sorted(expected["first_offers"])
