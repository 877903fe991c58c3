"""The workflow of a review."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.screening.rules import reviews
from services.screening.rules.reviews import KnownProject, Review, State, Verdict
from shared.clock import LOCAL_TIME
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned
from shared.refusals import Invalid, NotAllowed
from tests.support.examples import project_submitted

MONDAY = datetime(2027, 3, 8, 9, 30, tzinfo=UTC)


def opened(known: KnownProject = KnownProject(), **changes: object) -> Review:  # noqa: B008 - frozen
    return reviews.open_review(project_submitted(**changes), known, now=MONDAY)


def test_a_submitted_revision_waits_for_review() -> None:
    review = opened()

    assert review.state is State.OPEN
    assert [(step.transition, step.before, step.after, step.by) for step in review.steps] == [
        ("submit", None, State.OPEN, "host")
    ]
    assert review.project.title == "A small tool for river health"


def test_a_revision_older_than_the_newest_is_superseded_when_it_arrives() -> None:
    review = opened(KnownProject(newest_revision=2))

    assert review.state is State.SUPERSEDED
    assert [step.transition for step in review.steps] == ["submit", "supersede"]


def test_a_revision_of_a_withdrawn_project_is_closed_when_it_arrives() -> None:
    review = opened(KnownProject(newest_revision=1, withdrawn=True), revision=2)

    assert review.state is State.WITHDRAWN


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (MONDAY, datetime(2027, 3, 15, 9, 30, tzinfo=UTC)),
        (datetime(2027, 3, 12, 17, 0, tzinfo=UTC), datetime(2027, 3, 19, 17, 0, tzinfo=UTC)),
        (datetime(2027, 3, 13, 12, 0, tzinfo=UTC), datetime(2027, 3, 19, 12, 0, tzinfo=UTC)),
        # Over the change to summer time the local time of day stays.
        (datetime(2027, 3, 26, 9, 0, tzinfo=UTC), datetime(2027, 4, 2, 8, 0, tzinfo=UTC)),
        # Half past midnight on Monday in Oxford is still Sunday in UTC.
        (datetime(2027, 6, 6, 23, 30, tzinfo=UTC), datetime(2027, 6, 13, 23, 30, tzinfo=UTC)),
    ],
)
def test_a_review_is_due_five_working_days_later_at_the_same_local_time(moment: datetime, due: datetime) -> None:
    assert reviews.working_days_later(moment, 5) == due


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_review_is_never_due_on_a_weekend_and_always_within_a_week(moment: datetime) -> None:
    due = reviews.working_days_later(moment, 5)

    assert due.astimezone(LOCAL_TIME).isoweekday() <= 5
    assert timedelta(days=5) - timedelta(hours=1) <= due - moment <= timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("verdict", "comments", "state"),
    [
        (Verdict.APPROVE, "", State.APPROVED),
        (Verdict.RETURN, "Say what will exist at the end.", State.RETURNED),
        (Verdict.DECLINE, "The work is not observable.", State.DECLINED),
    ],
)
def test_a_verdict_ends_an_open_review(verdict: Verdict, comments: str, state: State) -> None:
    decided = reviews.decide(opened(), verdict, comments, now=MONDAY)

    assert decided.state is state
    assert (decided.steps[-1].by, decided.steps[-1].comments) == ("staff", comments)
    assert decided.steps[:-1] == opened().steps


def test_the_same_verdict_twice_changes_nothing() -> None:
    decided = reviews.decide(opened(), Verdict.APPROVE, "", now=MONDAY)

    assert reviews.decide(decided, Verdict.APPROVE, "", now=MONDAY + timedelta(days=1)) is decided


def test_another_verdict_on_a_decided_review_is_refused_with_what_happened() -> None:
    decided = reviews.decide(opened(), Verdict.APPROVE, "", now=MONDAY)

    with pytest.raises(NotAllowed, match="Revision 1 was approved on 8 March 2027 at 09:30"):
        reviews.decide(decided, Verdict.DECLINE, "No.", now=MONDAY)


def test_the_same_verdict_with_other_comments_is_refused_since_the_first_was_published() -> None:
    decided = reviews.decide(opened(), Verdict.RETURN, "Name a supervisor.", now=MONDAY)

    with pytest.raises(NotAllowed, match="was returned"):
        reviews.decide(decided, Verdict.RETURN, "Shorten it.", now=MONDAY)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_superseded_review_takes_no_verdict(verdict: Verdict) -> None:
    review = opened().moved(reviews.SUPERSEDE, now=MONDAY)

    with pytest.raises(NotAllowed, match="superseded by a newer one"):
        reviews.decide(review, verdict, "Why.", now=MONDAY)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_withdrawn_review_takes_no_verdict(verdict: Verdict) -> None:
    review = opened().moved(reviews.WITHDRAW, now=MONDAY)

    with pytest.raises(NotAllowed, match="The host withdrew the project"):
        reviews.decide(review, verdict, "Why.", now=MONDAY)


@pytest.mark.parametrize("comments", ["", "  \n"])
def test_a_return_or_a_decline_needs_comments(comments: str) -> None:
    for verdict in (Verdict.RETURN, Verdict.DECLINE):
        with pytest.raises(Invalid) as refused:
            reviews.verdict_of(verdict, comments)
        assert [fault.field for fault in refused.value.faults] == ["comments"]
    assert reviews.verdict_of(Verdict.APPROVE, comments) == (Verdict.APPROVE, "")


def test_an_approval_has_what_others_need_to_place_students() -> None:
    decided = reviews.decide(opened(days=3, starts_on=date(2027, 6, 22)), Verdict.APPROVE, "", now=MONDAY)

    assert reviews.verdict_event(decided) == ProjectApproved(
        project_id="P0001",
        revision=1,
        round_id="trinity-2027",
        host_id="H0001",
        title="A small tool for river health",
        places=2,
        week=9,
        days=3,
        starts_on=date(2027, 6, 22),
        ends_on=date(2027, 6, 24),
    )


@pytest.mark.parametrize(("verdict", "event"), [(Verdict.RETURN, ProjectReturned), (Verdict.DECLINE, ProjectDeclined)])
def test_a_return_and_a_decline_have_the_comments(
    verdict: Verdict, event: type[ProjectReturned | ProjectDeclined]
) -> None:
    published = reviews.verdict_event(reviews.decide(opened(), verdict, "Name a supervisor.", now=MONDAY))

    assert isinstance(published, event)
    assert published.comments == "Name a supervisor."


def test_an_open_review_has_no_verdict_to_publish() -> None:
    with pytest.raises(ValueError, match="no verdict"):
        reviews.verdict_event(opened())
