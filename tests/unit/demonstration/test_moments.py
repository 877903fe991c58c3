"""Where a term stops, and what is not done by then."""

from datetime import datetime, timedelta

import pytest

from ninthweek.demonstration.moments import Moment, stop_at
from ninthweek.demonstration.people import Deed
from ninthweek.demonstration.phases import Phase, phase
from shared.clock import LOCAL_TIME
from shared.contracts.matching import OfferMade
from tests.support.examples import round_scheduled

NOON = datetime(2027, 5, 22, 12, tzinfo=LOCAL_TIME)

OFFER = OfferMade(application_id="A1", project_id="P1", student_id="S1", host_id="H1", round_id="R1", reply_by=NOON)
REPLIES = [Deed("POST", f"/offers/A{number}/reply", {}) for number in range(100)]


@pytest.mark.parametrize(
    ("moment", "at", "within"),
    [
        (Moment.SCREENING, datetime(2027, 4, 16, 17, tzinfo=LOCAL_TIME), Phase.PROPOSALS),
        (Moment.APPLICATIONS, datetime(2027, 4, 30, 12, tzinfo=LOCAL_TIME), Phase.APPLICATIONS),
        (Moment.RANKINGS, datetime(2027, 5, 15, 12, tzinfo=LOCAL_TIME), Phase.RANKINGS),
        (Moment.OFFERS, datetime(2027, 5, 22, 12, tzinfo=LOCAL_TIME), Phase.OFFERS),
        (Moment.PLACEMENTS, datetime(2027, 6, 21, 12, tzinfo=LOCAL_TIME), Phase.PLACEMENTS),
        (Moment.SURVEYS, datetime(2027, 6, 28, 12, tzinfo=LOCAL_TIME), Phase.EVALUATION),
    ],
)
def test_a_moment_lies_in_its_phase_when_people_are_awake(moment: Moment, at: datetime, within: Phase) -> None:
    calendar = round_scheduled()
    stop = stop_at(moment, calendar)
    assert stop.at == at
    assert phase(calendar, stop.at) is within


def test_where_no_noon_lies_between_it_is_the_middle() -> None:
    calendar = round_scheduled()
    soon = calendar.model_copy(update={"closes_at": calendar.opens_at + timedelta(hours=2)})
    assert stop_at(Moment.APPLICATIONS, soon).at == calendar.opens_at + timedelta(hours=1)


def test_some_have_done_what_the_moment_is_about_and_they_are_the_same_in_every_run() -> None:
    stop = stop_at(Moment.OFFERS, round_scheduled())
    left = [stop.comes_before(reply, OFFER, stop.at) for reply in REPLIES]
    assert 30 < sum(left) < 70
    assert left == [stop.comes_before(reply, OFFER, stop.at) for reply in REPLIES]


def test_what_was_asked_for_long_ago_or_is_not_what_the_moment_is_about_is_done() -> None:
    offers, placements = (stop_at(moment, round_scheduled()) for moment in (Moment.OFFERS, Moment.PLACEMENTS))
    assert not any(offers.comes_before(reply, OFFER, offers.at - timedelta(days=22)) for reply in REPLIES)
    assert not any(placements.comes_before(reply, OFFER, placements.at) for reply in REPLIES)
