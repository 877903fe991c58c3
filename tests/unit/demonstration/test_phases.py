from datetime import datetime, timedelta

import pytest

from ninthweek.demonstration.phases import Phase, phase
from shared.clock import LOCAL_TIME
from tests.support.examples import round_scheduled

A_MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("begins_at", "before", "after"),
    [
        (datetime(2027, 4, 21, 9, tzinfo=LOCAL_TIME), Phase.PROPOSALS, Phase.APPLICATIONS),
        (datetime(2027, 5, 10, 12, tzinfo=LOCAL_TIME), Phase.APPLICATIONS, Phase.RANKINGS),
        (datetime(2027, 5, 21, 9, tzinfo=LOCAL_TIME), Phase.RANKINGS, Phase.OFFERS),
        (datetime(2027, 6, 21, tzinfo=LOCAL_TIME), Phase.OFFERS, Phase.PLACEMENTS),
        (datetime(2027, 6, 26, tzinfo=LOCAL_TIME), Phase.PLACEMENTS, Phase.EVALUATION),
    ],
)
def test_a_phase_begins_at_its_moment(begins_at: datetime, before: Phase, after: Phase) -> None:
    calendar = round_scheduled()
    assert phase(calendar, begins_at - A_MOMENT) is before
    assert phase(calendar, begins_at) is after
