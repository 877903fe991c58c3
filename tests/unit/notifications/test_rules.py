"""Who is told what."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.notifications.messages import MoreFailures, SendEmail
from services.notifications.rules import applications, failures, links, placements, projects, rankings, refusals
from services.notifications.rules.known import Round
from services.notifications.rules.mails import STAFF, Mail, Template
from services.notifications.rules.people import Person, address_changed
from shared.contracts.directory import NOTIFICATIONS
from shared.contracts.evaluation import SurveyOpened, SurveyUnanswered
from shared.contracts.every_service import MessageFailed, QueueStuck
from shared.contracts.intake import HostRegistered, RoundScheduled, StudentRegistered
from shared.contracts.matching import (
    ApplicationUnsuccessful,
    OfferDeclined,
    PlacementCancelled,
    PlacementConfirmed,
    RankingReceived,
)
from tests.support.notifications import (
    NOW,
    OF_APPLICATION,
    REPLY_BY,
    SOME_UUID,
    SURVEY_CLOSES_AT,
    TO_HOST,
    TO_STUDENT,
    a_host,
    a_project,
    a_round,
    an_application,
    applicants,
    application_received,
    application_withdrawn,
    concerned,
    messages_with_mails,
    offer_made,
    placement,
    project_returned,
    refused,
    survey,
)

ONLY_KEPT = {RoundScheduled, HostRegistered, StudentRegistered, RankingReceived}
"""Events that lead to no mail: their facts are copied, or prevent a reminder."""


def recipients(mails: list[Mail]) -> list[tuple[Template, str]]:
    return [(mail.template, mail.recipient.kind) for mail in mails]


def test_every_event_leads_to_a_mail_unless_it_is_known_to_be_only_kept() -> None:
    with_mails = {type(event) for event, mails in messages_with_mails() if mails}

    assert set(NOTIFICATIONS.subscribes_to) - with_mails == ONLY_KEPT


def test_there_is_an_occasion_for_every_mail() -> None:
    assert {mail.template for _, mails in messages_with_mails() for mail in mails} == set(Template)


def test_every_mail_to_a_host_or_student_has_a_link_with_an_end_and_none_to_staff_does() -> None:
    for _, mails in messages_with_mails():
        for mail in mails:
            assert (mail.opens is None) is (mail.link_ends_at is None) is (mail.recipient == STAFF), mail.template


@pytest.mark.parametrize(
    ("template", "path"),
    [
        (Template.PROJECT_RETURNED, "/host/projects/P0001"),
        (Template.PROJECT_REFUSED, "/host/projects"),
        (Template.RANKING_DUE, "/host/applicants"),
        (Template.OFFER_MADE, "/student/offers/A000001"),
        (Template.APPLICATION_RECEIVED, "/student/applications"),
        (Template.APPLICATION_REFUSED, "/catalogue"),
        (Template.PLACEMENT_CONFIRMED_STUDENT, "/student/placements/A000001"),
        (Template.PLACEMENT_CONFIRMED_HOST, "/host/placements"),
        (Template.REVIEW_OVERDUE, "/staff/screening/projects/P0001"),
        (Template.MESSAGE_FAILED, None),
        (Template.QUEUE_STUCK, None),
    ],
)
def test_a_mail_leads_to_the_page_where_its_reader_acts(template: Template, path: str | None) -> None:
    assert {mail.path for _, mails in messages_with_mails() for mail in mails if mail.template is template} == {path}


def test_links_are_valid_until_both_sides_surveys_are_over() -> None:
    a_fortnight_after_friday = datetime(2027, 7, 9, 23, tzinfo=UTC)  # the midnight that ends it, in British Summer Time

    (mail,) = applications.offered(offer_made(), an_application())

    assert (mail.opens, mail.link_ends_at) == ("desk", a_fortnight_after_friday)


def test_a_link_to_a_survey_opens_only_surveys_until_it_closes() -> None:
    (to_student,) = placements.survey_opened(survey(SurveyOpened, "student"), an_application())
    (to_host,) = placements.survey_unanswered(survey(SurveyUnanswered, "host"), an_application())

    assert [mail.path for mail in (to_student, to_host)] == [
        f"/student/surveys/{SOME_UUID}",
        f"/host/surveys/{SOME_UUID}",
    ]
    assert {(mail.opens, mail.link_ends_at) for mail in (to_student, to_host)} == {("survey", SURVEY_CLOSES_AT)}


def test_links_of_a_round_without_a_last_day_end_after_all_that_may_happen_in_it() -> None:
    assert a_round(last_day=None).links_end_at > a_round().links_end_at


class TestANewLink:
    """It belongs to no round, so it ends with the last round that is in progress."""

    def test_is_valid_until_the_last_round_that_has_begun_is_over(self) -> None:
        to_come = a_round(submissions_open_at=NOW + timedelta(days=1), last_day=date(2027, 12, 3))

        assert links.links_end_at([a_round(), to_come], NOW) == a_round().links_end_at

    @pytest.mark.parametrize("rounds", [[], [a_round()]])
    def test_is_valid_for_two_weeks_at_least(self, rounds: list[Round]) -> None:
        later = a_round().links_end_at

        assert links.links_end_at(rounds, later) == later + timedelta(days=14)

    def test_goes_to_each_person_and_leads_to_where_they_begin(self) -> None:
        mails = links.new_links([TO_HOST, TO_STUDENT], [a_round()], NOW)

        assert [(mail.template, mail.recipient, mail.path) for mail in mails] == [
            (Template.SIGN_IN_LINK, TO_HOST, "/host/projects"),
            (Template.SIGN_IN_LINK, TO_STUDENT, "/student/applications"),
        ]


def test_a_student_is_offered_a_place_with_the_moment_by_which_to_reply() -> None:
    (mail,) = applications.offered(offer_made(), an_application())

    assert (mail.template, mail.recipient) == (Template.OFFER_MADE, TO_STUDENT)
    assert mail.facts["reply_by"] == REPLY_BY


def test_an_application_is_confirmed_with_what_comes_when() -> None:
    (mail,) = applications.received(application_received(), an_application())

    assert (mail.template, mail.recipient) == (Template.APPLICATION_RECEIVED, TO_STUDENT)
    assert mail.facts["offers_at"] == a_round().offers_at


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("student", []),
        ("default", [(Template.OFFER_EXPIRED, "student")]),
        ("host", [(Template.OFFER_WITHDRAWN, "student")]),
        ("staff", [(Template.OFFER_WITHDRAWN, "student")]),
    ],
)
def test_a_student_is_told_that_an_offer_ended_unless_they_declined_it(by: Any, expected: list[Any]) -> None:
    assert recipients(applications.offer_declined(OfferDeclined(**OF_APPLICATION, by=by), an_application())) == expected


@pytest.mark.parametrize(
    ("cause", "count"), [("not_suitable", 1), ("no_place", 1), ("project_withdrawn", 1), ("placed_elsewhere", 0)]
)
def test_a_student_who_is_placed_elsewhere_is_not_told_that_other_applications_end(cause: Any, count: int) -> None:
    event = ApplicationUnsuccessful(**OF_APPLICATION, cause=cause)

    assert (
        recipients(applications.unsuccessful(event, an_application())) == [(Template.UNSUCCESSFUL, "student")] * count
    )


def test_both_sides_are_told_of_a_placement_and_given_each_others_address() -> None:
    to_student, to_host = placements.confirmed(placement(PlacementConfirmed), an_application())

    assert (to_student.template, to_student.recipient) == (Template.PLACEMENT_CONFIRMED_STUDENT, TO_STUDENT)
    assert to_student.facts["contact_email"] == "hana@museum.example"
    assert to_student.facts["call_by"] == a_project().starts_on - timedelta(days=7)
    assert (to_host.template, to_host.recipient) == (Template.PLACEMENT_CONFIRMED_HOST, TO_HOST)
    assert to_host.facts["student_email"] == "elif@college.example"


@pytest.mark.parametrize(("by", "reason"), [("student", ""), ("host", "Private."), ("staff", "Private.")])
def test_the_reasons_of_a_student_who_cancels_are_not_passed_on(by: str, reason: str) -> None:
    mails = placements.cancelled(placement(PlacementCancelled, by=by, reason="Private."), an_application())

    assert recipients(mails) == [
        (Template.PLACEMENT_CANCELLED_STUDENT, "student"),
        (Template.PLACEMENT_CANCELLED_HOST, "host"),
    ]
    assert [mail.facts["reason"] for mail in mails] == [reason, reason]


class TestAWithdrawnApplication:
    """The student gets a receipt; the host is told where it is about to rank."""

    def test_concerns_the_student_alone_while_applications_are_open(self) -> None:
        mails = applications.withdrawn(application_withdrawn(), an_application())

        assert recipients(mails) == [(Template.APPLICATION_WITHDRAWN, "student")]

    def test_concerns_a_host_that_is_about_to_rank(self) -> None:
        closed = a_round(closed_at=NOW)
        mails = applications.withdrawn(application_withdrawn(), an_application(project=a_project(round=closed)))

        assert recipients(mails) == [
            (Template.APPLICATION_WITHDRAWN, "student"),
            (Template.APPLICATION_WITHDRAWN_HOST, "host"),
        ]

    def test_concerns_no_host_that_has_ranked(self) -> None:
        ranked = a_project(round=a_round(closed_at=NOW), ranked=True)
        mails = applications.withdrawn(application_withdrawn(), an_application(project=ranked))

        assert recipients(mails) == [(Template.APPLICATION_WITHDRAWN, "student")]

    def test_leads_to_no_mail_if_it_was_placed_since_the_cancellation_does(self) -> None:
        assert applications.withdrawn(application_withdrawn(), an_application(placed=True)) == []


class TestAReturnedProject:
    """The host is asked for the next revision while there is time for it."""

    def test_is_asked_for_by_the_close_of_submissions(self) -> None:
        (mail,) = projects.returned(project_returned(), a_project(), now=NOW)

        assert (mail.template, mail.recipient) == (Template.PROJECT_RETURNED, TO_HOST)
        assert mail.facts["send_by"] == a_round().submissions_close_at

    def test_is_not_asked_for_once_submissions_are_closed(self) -> None:
        (mail,) = projects.returned(project_returned(), a_project(), now=a_round().submissions_close_at)

        assert mail.facts["send_by"] is None


class TestRankings:
    """Hosts are asked when applications close, and reminded once."""

    def test_are_asked_for_in_one_mail_to_each_host_with_all_its_applicants(self) -> None:
        first, second = a_project(), a_project(project_id="P0002")
        others = a_project(project_id="P0003", host=a_host(host_id="H0002"))
        mails = rankings.due(
            a_round(),
            [
                applicants(others),
                applicants(second, an_application(application_id="A2"), an_application(application_id="A1")),
                applicants(first),
            ],
        )

        assert [(mail.template, mail.recipient.id) for mail in mails] == [
            (Template.RANKING_DUE, "H0001"),
            (Template.NO_APPLICANTS, "H0002"),
        ]
        (project,) = mails[0].facts["projects"]
        assert project["project_id"] == "P0002"
        assert [applicant["application_id"] for applicant in project["applicants"]] == ["A1", "A2"]

    def test_are_asked_for_again_only_if_none_was_received(self) -> None:
        ranked = applicants(a_project(project_id="P0002", ranked=True), an_application())
        waited_for = applicants(a_project(), an_application())

        (mail,) = rankings.remind(a_round(), [ranked, waited_for, applicants(a_project(project_id="P0003"))])

        assert (mail.template, mail.recipient) == (Template.RANKING_REMINDER, TO_HOST)
        assert [project["project_id"] for project in mail.facts["projects"]] == ["P0001"]

    def test_are_reminded_of_two_days_before(self) -> None:
        assert rankings.remind_at(datetime(2027, 5, 19, 16, tzinfo=UTC)) == datetime(2027, 5, 17, 16, tzinfo=UTC)

    def test_are_reminded_of_once_and_only_for_the_current_date_after_the_close(self) -> None:
        due_at = a_round().rankings_due_at
        closed = a_round(closed_at=NOW)

        assert rankings.reminder_matters(closed, due_at)
        assert not rankings.reminder_matters(a_round(), due_at)
        assert not rankings.reminder_matters(closed, due_at + timedelta(days=1))
        assert not rankings.reminder_matters(replace(closed, reminded_of=due_at), due_at)


class TestARefusedSubmission:
    """Whoever it concerns is told all reasons; staff, where that is nobody we know."""

    @pytest.mark.parametrize(
        ("kind", "ids", "template", "recipient"),
        [
            ("project", {"project_id": "P0001"}, Template.PROJECT_REFUSED, TO_HOST),
            ("application", {"application_id": "A000001"}, Template.APPLICATION_REFUSED, TO_STUDENT),
            ("project-withdrawal", {"project_id": "P0001"}, Template.WITHDRAWAL_REFUSED, TO_HOST),
            ("application-withdrawal", {"application_id": "A000001"}, Template.WITHDRAWAL_REFUSED, TO_STUDENT),
            ("project", {}, Template.SUBMISSION_REFUSED, STAFF),
            ("application", {}, Template.SUBMISSION_REFUSED, STAFF),
            ("host", {"host_id": "H0001"}, Template.SUBMISSION_REFUSED, STAFF),
            ("student", {"student_id": "S00001"}, Template.SUBMISSION_REFUSED, STAFF),
            ("unknown", {}, Template.SUBMISSION_REFUSED, STAFF),
        ],
    )
    def test_goes_to_the_person_whom_it_concerns(
        self, kind: str, ids: dict[str, Any], template: Any, recipient: Any
    ) -> None:
        (mail,) = refusals.refused(refused(kind, **ids), concerned(), now=NOW)

        assert (mail.template, mail.recipient) == (template, recipient)
        assert [fault["field"] for fault in mail.facts["faults"]] == ["days", "tasks"]

    def test_goes_to_staff_if_host_or_student_is_unknown(self) -> None:
        unknown = concerned(host=None, student=None)
        project = refused("project", project_id="P0001")
        application = refused("application", application_id="A000001")

        assert [refusals.refused(event, unknown, now=NOW)[0].recipient for event in (project, application)] == [
            STAFF,
            STAFF,
        ]

    def test_waits_for_a_person_who_is_named_but_not_known_here_yet(self) -> None:
        named = refused("application", application_id="A000001", student_id="S00001")

        assert refusals.is_incomplete(named, concerned(student=None))
        assert not refusals.is_incomplete(named, concerned(host=None))

    def test_says_when_the_same_may_be_sent_again(self) -> None:
        event = refused("project", project_id="P0001")
        later = a_round(name="Michaelmas 2027", submissions_close_at=datetime(2027, 10, 1, tzinfo=UTC))
        rounds = concerned(rounds=(later, a_round()))

        def window(now: datetime) -> Any:
            return refusals.refused(event, rounds, now=now)[0].facts["window"]

        assert window(NOW).round == "Trinity 2027"
        assert window(a_round().submissions_close_at).round == "Michaelmas 2027"
        assert window(later.submissions_close_at) is None


def test_staff_are_told_of_failures_but_not_by_mail_that_a_mail_failed() -> None:
    failed = MessageFailed(message_id="m", service="matching", message_type="x", error="KeyError", attempts=5)

    assert recipients(failures.failed(failed)) == [(Template.MESSAGE_FAILED, "staff")]
    assert failures.failed(failed.model_copy(update={"message_type": SendEmail.type})) == []


def test_staff_are_told_of_a_stuck_queue() -> None:
    stuck = QueueStuck(queue_id="matching", service="matching", losses=4, reason="ConnectionInternalError")

    assert recipients(failures.stuck(stuck)) == [(Template.QUEUE_STUCK, "staff")]


def test_staff_are_told_how_many_failures_followed_if_any_did() -> None:
    timer = MoreFailures(service_id="matching", error="KeyError")

    assert recipients(failures.more_failed(timer, 2)) == [(Template.MORE_FAILED, "staff")]
    assert failures.more_failed(timer, 0) == []


@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        (None, "elif@college.example", False),
        ("elif@college.example", "ELIF@college.example", False),
        ("elif@college.example", "sato@college.example", True),
    ],
)
def test_the_address_of_a_known_person_changed_if_more_than_case_differs(
    before: str | None, now: str, changed: bool
) -> None:
    person = Person("student", "S00001", "Elif Sato", None, before) if before else None

    assert address_changed(person, now) == changed
