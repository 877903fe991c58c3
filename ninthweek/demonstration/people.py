"""What staff, hosts and students do over the HTTP API once they are asked, as the script says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.term import Script, Verdict
from shared.contracts.evaluation import SurveyOpened
from shared.contracts.intake import ApplicationReceived, ApplicationsClosed, ProjectSubmitted
from shared.contracts.matching import OfferMade
from shared.contracts.message import Event

NO_COMMENT = "Please see the programme's guidance for hosts."
"""The comment to a host where the script has none: a host is always told why."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A request that somebody makes."""

    method: Literal["POST", "PUT"]
    path: str
    body: dict[str, Any]


def deeds(event: Event, script: Script, chronicle: Chronicle) -> Iterator[Deed]:
    """What people do because this event was published. Whoever has no line in the script does nothing."""
    match event:
        case ProjectSubmitted(project_id=project_id, revision=revision):
            if verdict := script.verdicts.get((project_id, revision)):
                yield _decide(verdict)
        case ApplicationsClosed():
            yield from _rank(script, chronicle)
        case OfferMade(application_id=application_id):
            reply = script.replies.get(application_id)
            if reply and reply.reply != "ignore":
                yield Deed("POST", f"/offers/{application_id}/reply", {"reply": reply.reply})
        case SurveyOpened(application_id=application_id, respondent=respondent):
            if feedback := script.feedback.get((application_id, respondent)):
                answers = feedback.model_dump(exclude={"application_id", "respondent"})
                yield Deed("POST", f"/surveys/{event.survey_id}/answers", answers)


def _decide(verdict: Verdict) -> Deed:
    return Deed(
        "POST",
        f"/reviews/{verdict.project_id}/revisions/{verdict.revision}/verdict",
        {"verdict": verdict.verdict, "comments": verdict.comment or NO_COMMENT * (verdict.verdict != "approve")},
    )


def _rank(script: Script, chronicle: Chronicle) -> Iterator[Deed]:
    """Each host ranks those who applied; the script may rank more, whose applications never came."""
    applicants = {application.application_id for application in chronicle.of(ApplicationReceived)}
    for project_id, ranking in script.rankings.items():
        application_ids = [application_id for application_id in ranking if application_id in applicants]
        if application_ids:
            yield Deed("PUT", f"/rankings/{project_id}", {"application_ids": application_ids})
