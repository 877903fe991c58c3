"""What may be wrong with a ranking."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.matching.rules import rankings, rounds
from services.matching.rules.life import State
from services.matching.rules.orders import Order
from services.matching.rules.rankings import Progress, Project, Stage
from services.matching.rules.rounds import Round
from shared.refusals import NotAllowed
from tests.support.examples import round_scheduled
from tests.support.matching import DAYS, OFFERS_AT, application

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
MOMENT = timedelta(microseconds=1)
PROJECT = Project("P1", "trinity-2027", "H1", "A small tool", places=1, withdrawn=False)


def test_a_ranking_of_some_of_a_projects_applicants_is_sound() -> None:
    assert rankings.faults_in("P1", Order(("S2-P1", "S1-P1")), KNOWN) == []
    assert rankings.faults_in("P1", Order(), KNOWN) == []


def test_all_faults_of_a_ranking_are_reported_at_once() -> None:
    faults = rankings.faults_in("P1", Order(("S1-P1", "S9-P1", "S1-P2", "S3-P1", "S1-P1", "S9-P1")), KNOWN)

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


def test_an_unsuitable_applicant_has_to_be_one_of_the_projects_and_not_ranked() -> None:
    order = Order(("S1-P1",), {"S1-P1": "", "S2-P1": "No time for us", "S1-P2": "", "S9-P1": ""})

    faults = rankings.faults_in("P1", order, KNOWN)

    assert [fault.field for fault in faults] == ["not_suitable.S1-P1", "not_suitable.S1-P2", "not_suitable.S9-P1"]


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        (ROUND.opens_at - MOMENT, Stage.BEFORE),
        (ROUND.opens_at, Stage.COMING),
        (ROUND.closes_at - MOMENT, Stage.COMING),
        (ROUND.closes_at, Stage.TO_RANK),
        (ROUND.rankings_due_at - MOMENT, Stage.TO_RANK),
        (ROUND.rankings_due_at, Stage.OVERDUE),
        (OFFERS_AT, Stage.OVERDUE),
    ],
)
def test_a_host_ranks_from_the_close_of_applications_until_the_match(at: datetime, stage: Stage) -> None:
    assert rankings.stage(ROUND, all_arrived=True, now=at) is stage


def test_nobody_is_ranked_before_the_last_application_has_arrived() -> None:
    assert rankings.stage(ROUND, all_arrived=False, now=ROUND.closes_at) is Stage.CLOSING


def test_applicants_are_shown_no_more_once_the_last_placement_week_is_over() -> None:
    matched = replace(ROUND, matched_at=OFFERS_AT)
    end = rounds.midnight(DAYS.ends_on + timedelta(days=1))

    assert rankings.stage(matched, all_arrived=True, now=end - MOMENT) is Stage.MATCHED
    assert rankings.stage(matched, all_arrived=True, now=end) is Stage.OVER


@pytest.mark.parametrize(
    ("stage", "applicants", "sent", "begun", "label"),
    [
        (Stage.BEFORE, 0, False, False, "Applications not open yet"),
        (Stage.COMING, 3, False, False, "Students are applying"),
        (Stage.TO_RANK, 3, False, False, "Waiting for your ranking"),
        (Stage.TO_RANK, 3, False, True, "Begun, not sent"),
        (Stage.TO_RANK, 3, True, True, "Changes not sent"),
        (Stage.TO_RANK, 3, True, False, "Ranking sent"),
        (Stage.TO_RANK, 0, False, False, "Nobody applied"),
        (Stage.OVERDUE, 3, False, True, "Ranking overdue"),
        (Stage.OVERDUE, 3, True, False, "Ranking sent"),
        (Stage.MATCHED, 3, True, False, "Offers are out"),
        (Stage.MATCHED, 3, False, True, "Not ranked: nothing was offered"),
        (Stage.MATCHED, 0, False, False, "Nobody applied"),
        (Stage.OVER, 3, True, False, "The round is over"),
    ],
)
def test_the_progress_of_a_host_has_a_tag(stage: Stage, applicants: int, sent: bool, begun: bool, label: str) -> None:
    assert Progress(stage, applicants, sent, begun).tag.label == label


def test_a_host_is_not_told_why_an_applicant_is_no_longer_available() -> None:
    ends = (State.DECLINED, State.EXPIRED, State.RETRACTED, State.UNSUCCESSFUL, State.WITHDRAWN)

    assert {rankings.fate(application("S1", "P1", state=state)).label for state in ends} == {"No longer available"}


@pytest.mark.parametrize(
    ("reason", "fields"), [("", ["reason"]), ("No time", []), ("x" * 1_000, []), ("x" * 1_001, ["reason"])]
)
def test_a_reason_for_not_suitable_is_required_and_has_a_longest_length(reason: str, fields: list[str]) -> None:
    assert [fault.field for fault in rankings.faults_in_reason("reason", reason)] == fields
