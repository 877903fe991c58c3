"""The bundled term, decided by the rules alone, without a broker or a database."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from ninthweek.demonstration.term import Sent, Term, read_term
from services.intake.outside import pdf_reader
from services.intake.rules import applications, projects, rounds, submissions
from services.intake.rules.applications import Applicant, Application, Circumstances, Known
from services.intake.rules.documents import Document
from services.intake.rules.projects import Project
from shared.contracts.submissions import ApplicationForm, HostRecord, ProjectProposal, StudentRecord
from shared.refusals import Invalid

TERM = Path(__file__).parents[3] / "ninthweek" / "demonstration" / "terms" / "trinity-2027"
NAMESPACE = UUID("01990a4e-7c00-7000-8000-000000000000")
VERDICTS = {"approve": projects.APPROVE, "return": projects.RETURN, "decline": projects.DECLINE}


@dataclass
class Intake:
    """Intake in memory: applies the rules to what outside systems send, and staff's verdicts to projects."""

    term: Term
    round_: rounds.Round
    hosts: set[str] = field(default_factory=set)
    visa_hours: dict[str, float | None] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)

    def take(self, sent: Sent) -> None:
        digest = submissions.digest(sent.kind.type, sent.content)
        first = self.digests.get(sent.event_id)
        if first == digest:
            return
        self.digests.setdefault(sent.event_id, digest)
        try:
            if first is not None:
                raise Invalid([submissions.EVENT_ID_USED])
            self._judge(sent)
        except Invalid as refused:
            self.refused[sent.event_id] = sorted(fault.field for fault in refused.faults)

    def _judge(self, sent: Sent) -> None:
        match _message(sent):
            case HostRecord(host_id=host_id):
                self.hosts.add(host_id)
            case StudentRecord(student_id=student_id, visa_weekly_hours=hours):
                self.visa_hours[student_id] = hours
            case ProjectProposal() as proposal:
                self._propose(proposal, sent)
            case ApplicationForm() as form:
                self._apply(form, sent)

    def _propose(self, proposal: ProjectProposal, sent: Sent) -> None:
        current = self.projects.get(proposal.project_id)
        round_ = projects.check(
            proposal,
            sent_at=sent.sent_at,
            rounds=[self.round_],
            host_known=proposal.host_id in self.hosts,
            current=current,
        )
        verdict = VERDICTS[self.term.script.verdicts[proposal.project_id, proposal.revision].verdict]
        project = projects.proposed(proposal, round_)
        self.projects[proposal.project_id] = project.model_copy(update={"state": verdict.after})

    def _apply(self, form: ApplicationForm, sent: Sent) -> None:
        made = sum(each.student_id == form.student_id for each in self.applications.values())
        given = Circumstances("careers-portal", sent.sent_at, self.round_, self.projects.get(form.project_id))
        known = Known(
            applicant=Applicant(self.visa_hours[form.student_id], made) if form.student_id in self.visa_hours else None,
            document=_document(self.term.folder / sent.content["cv"], form.cv),
            document_own=False,
            document_used_by_another=False,
            id_used=False,
        )
        project = applications.check(form, given, known)
        application = applications.received(form, project, sent_at=sent.sent_at, now=sent.sent_at)
        self.applications[form.application_id] = application


def _message(sent: Sent) -> Any:
    content = dict(sent.content)
    if sent.kind is ApplicationForm:
        content["cv"] = str(uuid5(NAMESPACE, content["student_id"]))
    return sent.kind.from_json(json.dumps(content))


def _document(file: Path, document_id: UUID) -> Document:
    data = file.read_bytes()
    try:
        pages = pdf_reader.count_pages(data)
    except ValueError:
        pages = None
    return Document(document_id=document_id, source="careers-portal", digest="00", size=len(data), pages=pages)


@pytest.fixture(scope="module")
def intake() -> Intake:
    term = read_term(TERM)
    round_ = rounds.Round(**dict(term.calendar), round_id=rounds.slug(term.calendar.name))
    intake = Intake(term, round_)
    for sent in (*term.records, *term.submissions):
        intake.take(sent)
    return intake


def test_the_terms_calendar_is_sound(intake: Intake) -> None:
    assert rounds.faults_in_calendar(intake.round_) == []
    assert intake.round_.round_id == "trinity-2027"


def test_what_breaks_a_rule_is_refused_with_every_field_at_fault(intake: Intake) -> None:
    assert intake.refused == intake.term.expected.refused


def test_all_other_applications_are_received(intake: Intake) -> None:
    assert sorted(intake.applications) == intake.term.expected.applications_received


def test_the_projects_that_staff_approve_are_approved(intake: Intake) -> None:
    approved = [project.project_id for project in intake.projects.values() if project.state == "approved"]
    assert sorted(approved) == intake.term.expected.projects_approved
