"""How an application ends, or its offer becomes a placement."""

from datetime import timedelta

import pytest

from services.matching.rules import endings, life
from services.matching.rules.endings import Reply
from services.matching.rules.life import Application, Change, Offer, State
from shared.refusals import NotAllowed
from shared.workflow import Transition
from tests.support.matching import OFFERS_AT, REPLY_BY, application, application_received

NOW = OFFERS_AT + timedelta(days=1)


def offered(student_id: str = "S1", project_id: str = "P1", state: State = State.OFFERED) -> Application:
    offer = Offer(OFFERS_AT, REPLY_BY, first=True)
    return application(student_id, project_id, state=state, offer=offer)


def steps(changes: list[Change]) -> dict[str, tuple[str, str]]:
    return {each.application.application_id: (each.step.transition, each.step.by) for each in changes}


def test_an_application_stands_once_it_is_received() -> None:
    changes = endings.receive(application_received("S1", "P1"), withdrawn=False, project_withdrawn=False, now=NOW)

    assert [change.application.state for change in changes] == [State.STANDING]
    assert [(each.step.before, each.step.after) for each in changes] == [(None, State.STANDING)]


@pytest.mark.parametrize("project_withdrawn", [False, True])
def test_an_application_that_was_withdrawn_before_it_arrived_never_stands(project_withdrawn: bool) -> None:
    changes = endings.receive(
        application_received("S1", "P1"), withdrawn=True, project_withdrawn=project_withdrawn, now=NOW
    )

    assert [change.step.transition for change in changes] == ["receive", "withdraw"]


def test_an_application_to_a_project_that_was_withdrawn_before_ends_at_once() -> None:
    changes = endings.receive(application_received("S1", "P1"), withdrawn=False, project_withdrawn=True, now=NOW)

    assert [change.step.transition for change in changes] == ["receive", "project_withdrawn"]


def test_an_accepted_offer_ends_the_students_other_applications_that_stand() -> None:
    others = [
        application("S1", "P2"),
        application("S1", "P3", state=State.WAITLISTED),
        application("S1", "P4", state=State.UNSUCCESSFUL),
    ]

    assert steps(endings.reply(offered(), Reply.ACCEPT, others, now=NOW)) == {
        "S1-P1": ("accept", "student"),
        "S1-P2": ("placed_elsewhere", "student"),
        "S1-P3": ("placed_elsewhere", "student"),
    }


def test_a_declined_offer_ends_that_application_only() -> None:
    assert steps(endings.reply(offered(), Reply.DECLINE, [application("S1", "P2")], now=NOW)) == {
        "S1-P1": ("decline", "student")
    }


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply.ACCEPT, State.CONFIRMED),
        (Reply.ACCEPT, State.COMPLETED),
        (Reply.ACCEPT, State.CANCELLED),
        (Reply.DECLINE, State.DECLINED),
    ],
)
def test_the_same_reply_again_changes_nothing(reply: Reply, state: State) -> None:
    assert endings.reply(offered(state=state), reply, [], now=REPLY_BY) == []


@pytest.mark.parametrize(
    ("reply", "state", "reason"),
    [
        (Reply.DECLINE, State.CONFIRMED, "was accepted"),
        (Reply.ACCEPT, State.DECLINED, "was declined"),
        (Reply.ACCEPT, State.EXPIRED, "declined by default"),
        (Reply.DECLINE, State.EXPIRED, "declined by default"),
        (Reply.ACCEPT, State.RETRACTED, "withdrew the project"),
        (Reply.DECLINE, State.WITHDRAWN, "withdrew the application"),
        (Reply.ACCEPT, State.STANDING, "No place was offered"),
    ],
)
def test_another_reply_is_refused_with_what_became_of_the_offer(reply: Reply, state: State, reason: str) -> None:
    with pytest.raises(NotAllowed, match=reason):
        endings.reply(offered(state=state), reply, [], now=NOW)


def test_a_reply_counts_until_just_before_its_deadline() -> None:
    assert endings.reply(offered(), Reply.ACCEPT, [], now=REPLY_BY - timedelta(microseconds=1))
    with pytest.raises(NotAllowed, match="ended on 24 May 2027, 09:00"):
        endings.reply(offered(), Reply.ACCEPT, [], now=REPLY_BY)


def test_an_offer_that_nobody_replied_to_is_declined_by_default() -> None:
    assert steps(endings.expire(offered(), now=REPLY_BY)) == {"S1-P1": ("expire", "default")}


@pytest.mark.parametrize("state", [state for state in State if state is not State.OFFERED])
def test_an_offer_that_was_answered_does_not_expire(state: State) -> None:
    assert endings.expire(offered(state=state), now=REPLY_BY) == []


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.STANDING, ("withdraw", "student")),
        (State.WAITLISTED, ("withdraw", "student")),
        (State.OFFERED, ("withdraw", "student")),
        (State.CONFIRMED, ("cancel", "student")),
    ],
)
def test_a_withdrawal_ends_the_application_its_offer_or_its_placement(state: State, step: tuple[str, str]) -> None:
    assert steps(endings.withdraw(offered(state=state), "I am ill.", now=NOW)) == {"S1-P1": step}


@pytest.mark.parametrize("state", [State.COMPLETED, State.CANCELLED, State.DECLINED, State.EXPIRED, State.WITHDRAWN])
def test_a_withdrawal_of_what_has_ended_changes_nothing(state: State) -> None:
    assert endings.withdraw(offered(state=state), "", now=NOW) == []


def test_a_withdrawn_project_ends_all_that_has_not_ended() -> None:
    applications = [offered(f"S-{state}", "P1", state) for state in State]

    assert steps(endings.withdraw_project(applications, "No budget.", now=NOW)) == {
        "S-standing-P1": ("project_withdrawn", "host"),
        "S-waitlisted-P1": ("project_withdrawn", "host"),
        "S-offered-P1": ("retract", "host"),
        "S-confirmed-P1": ("cancel", "host"),
    }


@pytest.mark.parametrize("by", ["student", "host", "staff"])
def test_a_placement_is_cancelled_by_either_side_or_staff(by: life.Canceller) -> None:
    (change,) = endings.cancel(offered(state=State.CONFIRMED), by, "Our plans have changed.", now=NOW)

    assert (change.step.transition, change.step.by, change.step.comments) == ("cancel", by, "Our plans have changed.")
    assert change.frees_a_place


def test_cancelling_again_changes_nothing() -> None:
    assert endings.cancel(offered(state=State.CANCELLED), "host", "", now=NOW) == []


def test_a_placement_that_is_over_is_not_cancelled() -> None:
    with pytest.raises(NotAllowed, match="is over"):
        endings.cancel(offered(state=State.COMPLETED), "host", "", now=NOW)


def test_a_placement_completes_once_and_only_if_it_took_place() -> None:
    assert steps(endings.complete(offered(state=State.CONFIRMED), now=NOW)) == {"S1-P1": ("complete", "programme")}
    assert endings.complete(offered(state=State.CANCELLED), now=NOW) == []


def test_at_the_cut_off_all_that_stands_ends_and_open_offers_stay() -> None:
    applications = [offered(f"S-{state}", "P1", state) for state in State]

    assert steps(endings.end_waiting_list(applications, now=NOW)) == {
        "S-standing-P1": ("no_place", "programme"),
        "S-waitlisted-P1": ("no_place", "programme"),
    }


@pytest.mark.parametrize("transition", life.TRANSITIONS)
def test_only_an_offer_by_hand_leads_from_an_end_and_only_from_an_unsuccessful_one(
    transition: Transition[State],
) -> None:
    ended = {state for state in State if state not in (*life.STANDS, State.OFFERED, State.CONFIRMED)}
    revived = {State.UNSUCCESSFUL} if transition is life.OFFER_BY_HAND else set()

    assert ended.intersection(transition.before) == revived
