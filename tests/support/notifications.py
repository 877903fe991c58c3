"""What notifications knows of one application, and every message about it that leads to a mail."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from services.notifications.messages import LinkRequested, MoreFailures, RankingReminder
from services.notifications.rules import applications, failures, links, placements, projects, rankings, refusals
from services.notifications.rules.known import Applicants, Application, Host, Project, Round, Student
from services.notifications.rules.mails import DueEmail, Mail, MailLink, Recipient
from services.notifications.rules.refusals import Concerned
from shared.contracts.evaluation import SurveyOpened, SurveyUnanswered
from shared.contracts.every_service import MessageFailed, QueueStuck
from shared.contracts.faults import Fault
from shared.contracts.intake import ApplicationReceived, ApplicationsClosed, ApplicationWithdrawn, SubmissionRefused
from shared.contracts.matching import (
    ApplicationUnsuccessful,
    ApplicationWaitlisted,
    OfferDeclined,
    OfferMade,
    PlacementCancelled,
    PlacementConfirmed,
    PlacesLeft,
    ProjectPlaces,
)
from shared.contracts.message import Message
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned, ReviewOverdue
from tests.support.examples import (
    ROUND,
    host_registered,
    project_submitted,
    project_withdrawn,
    round_scheduled,
    student_registered,
)

NOW = datetime(2027, 4, 1, 9, tzinfo=UTC)
REPLY_BY = datetime(2027, 5, 24, 8, tzinfo=UTC)
SURVEY_CLOSES_AT = datetime(2027, 7, 9, 23, tzinfo=UTC)
SOME_UUID = UUID("01990a4e-7c00-7000-8000-000000000007")

OF_PROJECT: dict[str, Any] = {"project_id": "P0001", "round_id": ROUND, "host_id": "H0001", "revision": 1}
OF_APPLICATION: dict[str, Any] = {
    "application_id": "A000001",
    "round_id": ROUND,
    "student_id": "S00001",
    "project_id": "P0001",
    "host_id": "H0001",
}

TO_HOST = Recipient("host", "H0001")
TO_STUDENT = Recipient("student", "S00001")


def a_round(**changes: Any) -> Round:
    event = round_scheduled()
    copied = _copied(Round, event, round_id=ROUND, last_day=max(week.ends_on for week in event.weeks))
    return Round(**copied | changes)


def a_host(**changes: Any) -> Host:
    return Host(**_copied(Host, host_registered()) | changes)


def a_student(**changes: Any) -> Student:
    return Student(**_copied(Student, student_registered()) | changes)


def a_project(**changes: Any) -> Project:
    known = {"ranked": False, "host": a_host(), "round": a_round()}
    return Project(**_copied(Project, project_submitted()) | known | changes)


def an_application(**changes: Any) -> Application:
    known: dict[str, Any] = {"application_id": "A000001", "student": a_student(), "project": a_project()}
    return Application(**known | {"placed": False} | changes)


def applicants(project: Project | None = None, *applications_to_it: Application) -> Applicants:
    return Applicants(project or a_project(), applications_to_it)


def concerned(**changes: Any) -> Concerned:
    known: dict[str, Any] = {"host": TO_HOST, "student": TO_STUDENT, "title": a_project().title, "rounds": (a_round(),)}
    return Concerned(**known | changes)


def project_approved() -> ProjectApproved:
    project = a_project()
    return ProjectApproved(
        **OF_PROJECT,
        title=project.title,
        places=project.places,
        week=9,
        days=project.days,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
    )


def project_returned(**changes: Any) -> ProjectReturned:
    return ProjectReturned(**OF_PROJECT | {"comments": "Please narrow the scope.\nTwo tasks are enough."} | changes)


def application_received(**changes: Any) -> ApplicationReceived:
    return ApplicationReceived(**OF_APPLICATION | {"preference": 1, "cv": SOME_UUID, "received_at": NOW} | changes)


def application_withdrawn() -> ApplicationWithdrawn:
    return ApplicationWithdrawn(**OF_APPLICATION)


def applications_closed(received: int = 1) -> ApplicationsClosed:
    return ApplicationsClosed(round_id=ROUND, applications_received=received, closed_at=a_round().closes_at)


def a_second_round() -> Round:
    return a_round(round_id=f"{ROUND}.2", name="Trinity 2027, second round")


def places_left() -> PlacesLeft:
    return PlacesLeft(round_id=ROUND, projects=[ProjectPlaces(project_id="P0001", places=1)])


def offer_made(**changes: Any) -> OfferMade:
    return OfferMade(**OF_APPLICATION | {"reply_by": REPLY_BY} | changes)


def placement(kind: type[Any], **changes: Any) -> Any:
    """`PlacementConfirmed` or `PlacementCancelled`."""
    project = a_project()
    return kind(**OF_APPLICATION, starts_on=project.starts_on, ends_on=project.ends_on, **changes)


def survey(kind: type[Any], respondent: str) -> Any:
    """`SurveyOpened` or `SurveyUnanswered`."""
    return kind(
        **OF_APPLICATION,
        survey_id=SOME_UUID,
        respondent=respondent,
        respondent_id="S00001" if respondent == "student" else "H0001",
        closes_at=SURVEY_CLOSES_AT,
    )


def refused(kind: Any, faults: Mapping[str, str] | None = None, **ids: str) -> SubmissionRefused:
    faults = faults or {"days": "A placement lasts 2 to 5 days; this one says 7.", "tasks": "Name at least one task."}
    return SubmissionRefused(
        submission_id="evt-1",
        source="customer-relations",
        kind=kind,
        faults=[Fault(field=field, reason=reason) for field, reason in faults.items()],
        refused_at=NOW,
        **ids,
    )


def messages_with_mails() -> list[tuple[Message, list[Mail]]]:
    """Every message that leads to a mail, in each of its variants, with the mails that its rule makes of it."""
    return [*_of_projects(), *_of_applications(), *_of_rankings(), *_of_what_could_not_be_done(), _of_a_lost_link()]


def due(mail: Mail, *, name: str | None = "José Evans", address: str | None = "jose@college.example") -> DueEmail:
    """The mail as the store returns it."""
    return DueEmail(
        email_id=SOME_UUID,
        cause="event-1",
        template=mail.template,
        recipient=mail.recipient,
        name=name,
        address=address,
        facts=to_jsonable_python(mail.facts),
        link=MailLink(mail.path, mail.opens, NOW, mail.link_ends_at) if mail.path else None,
    )


def _of_projects() -> list[tuple[Message, list[Mail]]]:
    overdue = ReviewOverdue(project_id="P0001", round_id=ROUND, revision=1, waiting_since=NOW)
    declined = ProjectDeclined(**OF_PROJECT, comments="The work needs a licence to practise.")
    returned = project_returned()
    rules: list[tuple[Message, Callable[..., list[Mail]]]] = [
        (project_submitted(), projects.received),
        (project_approved(), projects.approved),
        (declined, projects.declined),
        (project_withdrawn(), projects.withdrawn),
        (overdue, projects.review_overdue),
    ]
    return [
        *((event, rule(event, a_project())) for event, rule in rules),
        (returned, projects.returned(returned, a_project(), now=NOW)),
        (returned, projects.returned(returned, a_project(), now=a_round().submissions_close_at)),
    ]


def _of_applications() -> list[tuple[Message, list[Mail]]]:
    waits_for_ranking = an_application(project=a_project(round=a_round(closed_at=a_round().closes_at)))
    rules: list[tuple[Message, Callable[..., list[Mail]]]] = [
        (application_received(), applications.received),
        (application_withdrawn(), applications.withdrawn),
        (offer_made(), applications.offered),
        (OfferDeclined(**OF_APPLICATION, by="default"), applications.offer_declined),
        (OfferDeclined(**OF_APPLICATION, by="staff"), applications.offer_declined),
        (OfferDeclined(**OF_APPLICATION, by="host", reason="Our supervisor has left."), applications.offer_declined),
        (ApplicationWaitlisted(**OF_APPLICATION), applications.waitlisted),
        (ApplicationUnsuccessful(**OF_APPLICATION, cause="not_suitable"), applications.unsuccessful),
        (ApplicationUnsuccessful(**OF_APPLICATION, cause="no_place"), applications.unsuccessful),
        (ApplicationUnsuccessful(**OF_APPLICATION, cause="project_withdrawn"), applications.unsuccessful),
        (placement(PlacementConfirmed), placements.confirmed),
        (placement(PlacementCancelled, by="student", reason="I am ill."), placements.cancelled),
        (placement(PlacementCancelled, by="host", reason="Our office is flooded."), placements.cancelled),
        (placement(PlacementCancelled, by="staff"), placements.cancelled),
        (survey(SurveyOpened, "student"), placements.survey_opened),
        (survey(SurveyOpened, "host"), placements.survey_opened),
        (survey(SurveyUnanswered, "student"), placements.survey_unanswered),
        (survey(SurveyUnanswered, "host"), placements.survey_unanswered),
    ]
    second = a_second_round().applications
    remote = an_application(project=a_project(mode="remote", round=a_round(second=second)))
    return [
        *((event, rule(event, waits_for_ranking)) for event, rule in rules),
        *((event, rule(event, remote)) for event, rule in rules),
    ]


def _of_rankings() -> list[tuple[Message, list[Mail]]]:
    round_, with_one = a_round(), applicants(a_project(), an_application())
    reminder = RankingReminder(round_id=ROUND, rankings_due_at=round_.rankings_due_at)
    return [
        (applications_closed(), rankings.due(round_, [with_one])),
        (applications_closed(0), rankings.due(round_, [applicants()])),
        (places_left(), rankings.left(a_second_round(), [a_project(places=1)])),
        (reminder, rankings.remind(round_, [with_one])),
    ]


def _of_a_lost_link() -> tuple[Message, list[Mail]]:
    request = LinkRequested(request_id=SOME_UUID, email="elif@college.example")
    return request, links.new_links([TO_STUDENT, TO_HOST], [a_round()], NOW)


def _of_what_could_not_be_done() -> list[tuple[Message, list[Mail]]]:
    failed = MessageFailed(
        message_id="m-1", service="matching", message_type="ninthweek.OfferMade.v1", error="KeyError", attempts=5
    )
    more = MoreFailures(service_id="matching", error="KeyError")
    stuck = QueueStuck(queue_id="matching", service="matching", losses=4, reason="ConnectionInternalError")
    too_long = {"statement": "The statement has 312 words: shorten it to at most 300."}
    refused_submissions = [
        refused("project", host_id="H0001", project_id="P0001"),
        refused("application", too_long, student_id="S00001", project_id="P0001", application_id="A000001"),
        refused("project-withdrawal", project_id="P0001"),
        refused("application-withdrawal", application_id="A000001"),
        refused("student", student_id="S00001"),
    ]
    return [
        (failed, failures.failed(failed)),
        (more, failures.more_failed(more, 24)),
        (stuck, failures.stuck(stuck)),
        *((event, refusals.refused(event, concerned(), now=NOW)) for event in refused_submissions),
        *((event, refusals.refused(event, concerned(title=None, rounds=()), now=NOW)) for event in refused_submissions),
    ]


def _copied(kind: type[Any], event: Message, **fields: Any) -> dict[str, Any]:
    """The fields of an event that our copy keeps."""
    return {name: getattr(event, name) for name in kind.__dataclass_fields__ if hasattr(event, name)} | fields
