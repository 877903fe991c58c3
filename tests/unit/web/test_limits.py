"""How often somebody may ask, within any period of the same length."""

import pytest

from shared.web import limits
from shared.web.limits import LONGEST_PERIOD, Rate, RateLimiter

TWICE_A_MINUTE = Rate(2, 60.0)


class Time:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(limits, "monotonic", lambda: self.now)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def test_nobody_is_admitted_beyond_the_rate(time: Time) -> None:
    limiter = RateLimiter()
    assert [limiter.allows(TWICE_A_MINUTE, "form", "H1") for _ in range(3)] == [True, True, False]


def test_each_is_counted_apart(time: Time) -> None:
    limiter = RateLimiter()
    for what in (("form", "H1"), ("form", "H2"), ("another form", "H1")):
        assert [limiter.allows(TWICE_A_MINUTE, *what) for _ in range(3)] == [True, True, False]


def test_the_period_begins_with_each_that_was_admitted(time: Time) -> None:
    """And not with the clock's minute: nobody is admitted four times within one around its end."""
    limiter = RateLimiter()
    admitted = []
    for time.now in (1_000.0, 1_050.0, 1_055.0, 1_060.0, 1_065.0, 1_110.0):
        admitted.append(limiter.allows(TWICE_A_MINUTE, "form", "H1"))
    assert admitted == [True, True, False, True, False, True]


def test_who_is_refused_does_not_wait_longer_for_asking_again(time: Time) -> None:
    limiter = RateLimiter()
    for time.now in (1_000.0, 1_001.0, 1_030.0, 1_059.0):
        limiter.allows(TWICE_A_MINUTE, "form", "H1")
    time.now = 1_060.0
    assert limiter.allows(TWICE_A_MINUTE, "form", "H1")


def test_every_rate_is_remembered_for_its_period() -> None:
    assert all(rate.period <= LONGEST_PERIOD for rate in (limits.PER_CLIENT, limits.PER_MAILBOX))
