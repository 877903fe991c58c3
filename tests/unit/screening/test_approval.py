"""Rules by which the project of a trusted host is approved when it is submitted."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.screening.rules.approval import ApprovalRule, Terms, approving_rule, faults_in_terms
from services.screening.rules.findings import Kind, findings
from services.screening.rules.reviews import Review, State
from tests.support.examples import ROUND
from tests.unit.screening.reviews import MONDAY, host, review

TERMS = Terms("H0001", corrections_only=False, without=frozenset(), round_id=ROUND, last_day=None, reason="Known well.")
RULE = ApprovalRule(1, TERMS, paused=False)


def rule(**changes: Any) -> ApprovalRule:
    return replace(RULE, terms=replace(TERMS, **changes))


def approves(
    by: ApprovalRule, *, of: Review | None = None, past: tuple[Review, ...] = (), now: datetime = MONDAY, **known: Any
) -> bool:
    reviewed, known_host = of or review(), known.get("host", host())
    found = findings(reviewed.project, known_host)
    return approving_rule([by], reviewed, known_host, found, past, now=now) is by


def test_a_rule_approves_what_its_host_submits_in_its_round() -> None:
    assert approves(RULE)
    assert not approves(rule(host_id="H0002"))
    assert not approves(rule(round_id="hilary-2027"))


def test_a_paused_rule_approves_nothing() -> None:
    assert not approves(replace(RULE, paused=True))


def test_a_rule_ends_with_its_last_day_in_local_time() -> None:
    until = rule(last_day=date(2027, 6, 25))

    assert approves(until, now=datetime(2027, 6, 25, 22, 59, tzinfo=UTC))
    assert not approves(until, now=datetime(2027, 6, 25, 23, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("past", "is_approved"),
    [
        ((), False),
        ((State.SUPERSEDED,), False),
        ((State.RETURNED,), True),
        ((State.APPROVED, State.SUPERSEDED), True),
    ],
)
def test_a_rule_for_corrections_needs_a_revision_that_was_approved_or_returned(
    past: tuple[State, ...], is_approved: bool
) -> None:
    before = tuple(review(state) for state in past)

    assert approves(rule(corrections_only=True), of=review(revision=9), past=before) == is_approved


def test_a_project_once_declined_always_goes_to_a_reviewer() -> None:
    assert not approves(RULE, of=review(revision=2), past=(review(State.DECLINED),))


def test_only_a_finding_of_a_kind_that_the_rule_names_goes_to_a_reviewer() -> None:
    vague = review(scope="Help us.")

    assert not approves(rule(without=frozenset({Kind.VAGUE})), of=vague)
    assert approves(rule(without=frozenset({Kind.HAZARD})), of=vague)


def test_findings_that_depend_on_the_host_count_too() -> None:
    writing = review(tasks=["Write the descriptions", "Edit them"])
    careful = rule(without=frozenset({Kind.UNPAID_PRODUCTION}))

    assert approves(careful, of=writing, host=host("charity"))
    assert not approves(careful, of=writing, host=host("commercial"))


def test_no_rule_approves_while_the_host_is_not_known() -> None:
    assert not approves(RULE, host=None)


@pytest.mark.parametrize("state", [State.SUPERSEDED, State.WITHDRAWN])
def test_a_revision_that_is_closed_is_not_approved(state: State) -> None:
    assert not approves(RULE, of=review(state))


def test_of_several_rules_the_first_that_applies_approves() -> None:
    paused, second = replace(RULE, paused=True), replace(RULE, rule_id=2)

    assert approving_rule([paused, second, RULE], review(), host(), [], [], now=MONDAY) is second


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"last_day": date(2027, 3, 8), "round_id": None}, []),
        ({"host_id": ""}, ["host_id"]),
        ({"round_id": "michaelmas-1999"}, ["round_id"]),
        ({"round_id": None}, ["last_day"]),
        ({"last_day": date(2027, 3, 7)}, ["last_day"]),
        ({"reason": ""}, ["reason"]),
        ({"reason": "x" * 501}, ["reason"]),
    ],
)
def test_a_rule_names_a_known_host_an_end_and_a_reason(changes: dict[str, Any], fields: list[str]) -> None:
    faults = faults_in_terms(replace(TERMS, **changes), hosts=["H0001"], rounds=[ROUND], now=MONDAY)

    assert [fault.field for fault in faults] == fields
