"""Dates and times as text: in the university's time zone, with weekday and zone."""

from datetime import UTC, date, datetime

import pytest

from shared import dates


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2027, 5, 19, 16, 0, tzinfo=UTC), "17:00 BST on Wednesday 19 May 2027"),
        (datetime(2027, 5, 10, 11, 0, tzinfo=UTC), "noon BST on Monday 10 May 2027"),
        (datetime(2027, 3, 8, 9, 0, tzinfo=UTC), "09:00 GMT on Monday 8 March 2027"),
        (datetime(2027, 6, 6, 23, 0, tzinfo=UTC), "midnight BST at the end of Sunday 6 June 2027"),
        (datetime(2027, 5, 24, 8, 0, 59, 999_999, tzinfo=UTC), "09:00 BST on Monday 24 May 2027"),
    ],
)
def test_a_moment_is_written_with_weekday_and_zone(moment: datetime, text: str) -> None:
    assert dates.moment(moment) == text


def test_the_day_of_a_deadline_at_midnight_is_the_day_that_ends_there() -> None:
    assert dates.day_of(datetime(2027, 6, 6, 23, 0, tzinfo=UTC)) == "Sunday 6 June 2027"
    assert dates.day_of(datetime(2027, 5, 19, 16, 0, tzinfo=UTC)) == "Wednesday 19 May 2027"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2027, 6, 21), date(2027, 6, 25), "Monday 21 to Friday 25 June 2027"),
        (date(2027, 6, 28), date(2027, 7, 2), "Monday 28 June to Friday 2 July 2027"),
        (date(2027, 12, 30), date(2028, 1, 3), "Thursday 30 December 2027 to Monday 3 January 2028"),
    ],
)
def test_days_are_written_from_first_to_last(first: date, last: date, text: str) -> None:
    assert dates.days_between(first, last) == text
