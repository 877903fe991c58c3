"""The soak's checker finds what was lost, done twice, or never asked for, in every place where it can be."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.soak.checker import Fact, History, MailOnRecord, judge_term

MESSAGE = UUID(int=1)
RECEIVED = Fact(
    service="intake",
    id="e1",
    type="ApplicationReceived",
    subject="application/A1",
    causation_id="s1",
    identity=MESSAGE,
    subscribers=("matching", "notifications"),
)
REFUSED = replace(RECEIVED, id="e2", type="SubmissionRefused", causation_id="s2", is_refusal=True)
CLEAN = History(
    submissions={"s1": 1, "s2": 1},
    facts=[RECEIVED, REFUSED],
    handled=[("matching", MESSAGE), ("notifications", MESSAGE)],
    handlings={("matching", "e1"): 1, ("notifications", "e1"): 1, ("intake", "s1"): 1},
    failures={},
    on_the_wire=["e1", "e2"],
    mails=[MailOnRecord("a mail", "<m1>")],
    mails_taken={"<m1>": 1},
)


def test_a_history_in_which_everything_happened_once_is_clean() -> None:
    report = judge_term(CLEAN)
    assert report.is_clean
    assert (report.submitted, report.accepted, report.refused) == (2, 1, 1)


def test_contents_under_one_id_are_answered_each() -> None:
    again = replace(REFUSED, id="e3", causation_id="s1")
    history = replace(CLEAN, submissions={"s1": 2, "s2": 1}, on_the_wire=["e1", "e2", "e3"])
    assert judge_term(replace(history, facts=[RECEIVED, REFUSED, again])).is_clean
    assert judge_term(history).lost == ("s1 (1)",)
    assert judge_term(replace(history, facts=[RECEIVED, REFUSED, again], handlings={("intake", "s1"): 2})).is_clean


def test_what_the_monkey_had_put_aside_counts_as_refused_even_though_it_was_on_the_wire() -> None:
    poison = [("matching", "poison-1")]
    failures = dict.fromkeys(poison, "ContractBroken")
    on_the_wire = ["e1", "e2", "poison-1"]
    report = judge_term(replace(CLEAN, poison=poison, failures=failures, on_the_wire=on_the_wire))
    assert report.is_clean
    assert (report.submitted, report.refused) == (3, 2)


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"submissions": {"s1": 1, "s2": 1, "s3": 1}}, "s3 (0)"),
        ({"handled": [("matching", MESSAGE)]}, "ApplicationReceived of application/A1 (e1) was not handled by"),
        ({"on_the_wire": ["e2"]}, "ApplicationReceived of application/A1 (e1) was not on the wire"),
        ({"mails_taken": {}}, "the mail a mail was not taken"),
        ({"poison": [("matching", "poison-1")]}, "poison-1 at matching"),
    ],
)
def test_what_has_no_effect_is_lost(change: dict[str, Any], lost: str) -> None:
    report = judge_term(replace(CLEAN, **change))
    assert any(name.startswith(lost) for name in report.lost), report


@pytest.mark.parametrize(
    ("change", "duplicated"),
    [
        (
            {"facts": [RECEIVED, replace(RECEIVED, id="e3"), REFUSED]},
            "ApplicationReceived of application/A1 was",
        ),
        ({"facts": [RECEIVED, replace(REFUSED, id="e3", causation_id="s1"), REFUSED]}, "s1 (0)"),
        ({"handlings": {("matching", "e1"): 2}}, "e1 was handled 2 times by matching"),
        ({"handlings": {("intake", "s1"): 2}}, "s1 was handled 2 times by intake"),
    ],
)
def test_what_has_two_effects_is_duplicated(change: dict[str, Any], duplicated: str) -> None:
    report = judge_term(replace(CLEAN, **change))
    assert any(name.startswith(duplicated) for name in report.duplicated), report


@pytest.mark.parametrize(
    ("change", "unexpected"),
    [
        ({"on_the_wire": ["e1", "e2", "e9"]}, "e9 was on the wire, and in no outbox"),
        ({"failures": {("matching", "e1"): "KeyError in handle"}}, "e1 at matching: KeyError in handle"),
        ({"mails_taken": {"<m1>": 1, "<m2>": 1}}, "the mail <m2> was taken, and is on no record"),
        ({"wrong": ["the application A1 has come to no end"]}, "the application A1 has come to no end"),
    ],
)
def test_what_nobody_asked_for_is_unexpected(change: dict[str, Any], unexpected: str) -> None:
    assert judge_term(replace(CLEAN, **change)).unexpected == (unexpected,)


def test_a_mail_that_was_taken_twice_under_its_one_id_is_no_fault() -> None:
    assert judge_term(replace(CLEAN, mails_taken={"<m1>": 2})).is_clean
