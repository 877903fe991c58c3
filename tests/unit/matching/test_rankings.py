"""What may be wrong with a ranking."""

from dataclasses import replace

import pytest

from services.matching.rules import rankings, rounds
from services.matching.rules.life import State
from services.matching.rules.rankings import Project
from services.matching.rules.rounds import Round
from shared.workflow import NotAllowed
from tests.support.examples import round_scheduled
from tests.support.matching import OFFERS_AT, application

KNOWN = {
    each.application_id: each
    for each in (
        application("S1", "P1"),
        application("S2", "P1"),
        application("S3", "P1", state=State.WITHDRAWN),
        application("S1", "P2"),
    )
}
ROUND = rounds.scheduled(round_scheduled())
PROJECT = Project("P1", "trinity-2027", "H1", "A small tool", places=1, withdrawn=False)


def test_a_ranking_of_some_of_a_projects_applicants_is_sound() -> None:
    assert rankings.faults_in("P1", ["S2-P1", "S1-P1"], KNOWN) == []
    assert rankings.faults_in("P1", [], KNOWN) == []


def test_all_faults_of_a_ranking_are_told_at_once() -> None:
    faults = rankings.faults_in("P1", ["S1-P1", "S9-P1", "S1-P2", "S3-P1", "S1-P1", "S9-P1"], KNOWN)

    assert [(fault.field, fault.reason) for fault in faults] == [
        ("application_ids.1", "No application of this id is known: leave it out."),
        ("application_ids.2", "This application is for another project: leave it out."),
        ("application_ids.3", "The student withdrew this application: leave it out."),
        ("application_ids.4", "This one is ranked already, as application_ids.0: rank it once."),
        ("application_ids.5", "This one is ranked already, as application_ids.1: rank it once."),
    ]


@pytest.mark.parametrize("round_", [None, ROUND])
def test_a_project_takes_rankings_until_the_match(round_: Round | None) -> None:
    rankings.check_open(PROJECT, round_)


def test_a_project_takes_no_ranking_once_the_match_was_made() -> None:
    matched = replace(rounds.scheduled(round_scheduled()), matched_at=OFFERS_AT)

    with pytest.raises(NotAllowed, match="match of this round was made"):
        rankings.check_open(PROJECT, matched)


def test_a_withdrawn_project_takes_no_ranking() -> None:
    withdrawn = Project("P1", "trinity-2027", "H1", "A small tool", places=1, withdrawn=True)

    with pytest.raises(NotAllowed, match="withdrew"):
        rankings.check_open(withdrawn, ROUND)
