"""People do what the script says, once they are asked, and nothing else."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from ninthweek.demonstration.chronicle import Chronicle, PublishedEvent
from ninthweek.demonstration.people import NO_COMMENT, Deed, deeds
from ninthweek.demonstration.term import Feedback, Script, Verdict
from ninthweek.demonstration.term.script import Reply
from shared.contracts.envelope import Envelope
from shared.contracts.evaluation import Respondent, SurveyOpened
from shared.contracts.matching import OfferMade
from shared.contracts.message import Event
from tests.support.examples import ROUND, host_registered, project_submitted
from tests.support.matching import application_received, applications_closed

NOW = datetime(2027, 5, 21, 8, tzinfo=UTC)
SURVEY = UUID("01990a4e-7c00-7000-8000-000000000044")
SCORES = {"outcome": 4, "supervision": 5, "skills_before": 2, "skills_after": 4, "network": 3, "recommend": 9}

SCRIPT = Script(
    verdicts={
        ("P1", 1): Verdict(project_id="P1", revision=1, verdict="return", comment="Name a supervisor."),
        ("P1", 2): Verdict(project_id="P1", revision=2, verdict="approve", comment=""),
        ("P2", 1): Verdict(project_id="P2", revision=1, verdict="decline", comment=""),
    },
    rankings={"P1": ["S2-P1", "S9-P1", "S1-P1"], "P2": ["S9-P2"]},
    replies={
        "A1": Reply(application_id="A1", reply="accept"),
        "A2": Reply(application_id="A2", reply="decline"),
        "A3": Reply(application_id="A3", reply="ignore"),
    },
    feedback={("A1", "host"): Feedback(application_id="A1", respondent="host", comment="Good.", **SCORES)},
)


def done(event: Event, *before: Event) -> list[Deed]:
    chronicle = Chronicle([])
    chronicle.everything += [PublishedEvent(each, Envelope("e", "intake", each.type, NOW)) for each in before]
    return list(deeds(event, SCRIPT, chronicle))


def offer(application_id: str) -> OfferMade:
    return OfferMade(
        application_id=application_id, round_id=ROUND, student_id="S1", project_id="P1", host_id="H1", reply_by=NOW
    )


def survey(application_id: str, respondent: Respondent) -> SurveyOpened:
    return SurveyOpened(
        survey_id=SURVEY,
        application_id=application_id,
        round_id=ROUND,
        project_id="P1",
        respondent=respondent,
        respondent_id="H1",
        closes_at=NOW,
    )


@pytest.mark.parametrize(
    ("project_id", "revision", "verdict", "comments"),
    [("P1", 1, "return", "Name a supervisor."), ("P1", 2, "approve", ""), ("P2", 1, "decline", NO_COMMENT)],
)
def test_staff_decide_a_revision_and_give_a_reason_unless_they_approve(
    project_id: str, revision: int, verdict: str, comments: str
) -> None:
    assert done(project_submitted(project_id=project_id, revision=revision)) == [
        Deed(
            "POST",
            f"/reviews/{project_id}/revisions/{revision}/verdict",
            {"verdict": verdict, "comments": comments},
        )
    ]


def test_a_revision_without_a_verdict_stays_undecided() -> None:
    assert done(project_submitted(project_id="P1", revision=3)) == []


def test_hosts_rank_those_who_applied_once_applications_have_closed() -> None:
    received = [application_received("S1", "P1"), application_received("S2", "P1"), application_received("S3", "P1")]
    assert done(applications_closed(3), *received) == [
        Deed("PUT", "/rankings/P1", {"application_ids": ["S2-P1", "S1-P1"]})
    ]


@pytest.mark.parametrize(("application_id", "reply"), [("A1", "accept"), ("A2", "decline")])
def test_a_student_replies_to_an_offer(application_id: str, reply: str) -> None:
    assert done(offer(application_id)) == [Deed("POST", f"/offers/{application_id}/reply", {"reply": reply})]


@pytest.mark.parametrize("application_id", ["A3", "A4"])
def test_who_ignores_an_offer_or_has_no_line_never_answers(application_id: str) -> None:
    assert done(offer(application_id)) == []


def test_the_side_that_is_asked_answers_its_survey() -> None:
    assert done(survey("A1", "host")) == [Deed("POST", f"/surveys/{SURVEY}/answers", {**SCORES, "comment": "Good."})]
    assert done(survey("A1", "student")) == []


def test_what_asks_for_nothing_is_left_alone() -> None:
    assert done(host_registered()) == []
