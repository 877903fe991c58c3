"""What a service reads in the headers of a dead letter."""

from typing import Any

import pytest

from shared.broker.topology import DEAD_LETTERS, ServiceQueue
from shared.runtime.dead_letters import Death

NOTED: dict[str, Any] = {
    "count": 1,
    "reason": "expired",
    "queue": "intake",
    "time": 0,
    "exchange": "submissions",
    "routing-keys": ["careers-portal.application"],
}
"""As every version of RabbitMQ orders it, where the message had no `x-death` before."""


def death(*noted: Any) -> Death:
    return Death.of("intake", {"x-death": list(noted)})


def test_it_keeps_the_exchange_and_the_key_that_the_message_had() -> None:
    assert (death(NOTED).exchange, death(NOTED).routing_key) == ("submissions", "careers-portal.application")


def test_the_latest_death_in_a_queue_of_the_service_counts() -> None:
    effect = NOTED | {"queue": "intake.effects"}
    assert death({**NOTED, "queue": "elsewhere"}, effect, NOTED).queue("intake") is ServiceQueue.EFFECTS


@pytest.mark.parametrize(
    ("reason", "fields", "by_policy"),
    [
        ("expired", {"original-expiration": "10"}, False),
        ("expired", {}, True),
        ("maxlen", {}, True),
        ("rejected", {}, False),
        ("delivery_limit", {}, False),
        ("a new one", {}, False),
    ],
)
def test_what_a_policy_did_is_told_from_what_the_message_was_sent_with(
    reason: str, fields: dict[str, str], by_policy: bool
) -> None:
    found = death({**fields, **NOTED, "reason": reason})
    assert found.by_policy is by_policy
    assert ("policy" in found.cause) is by_policy


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"x-death": [dict(sorted(NOTED.items()))]}, id="merged by RabbitMQ 3.10 with what a sender wrote"),
        pytest.param({}, id="put there by hand"),
        pytest.param({"x-death": "intake"}, id="no list"),
        pytest.param({"x-death": [None, 7, {"queue": ["intake"]}]}, id="no deaths"),
    ],
)
def test_what_may_be_forged_is_not_believed(headers: dict[str, Any]) -> None:
    found = Death.of("intake", headers)
    assert found.may_be_forged
    assert found.exchange == DEAD_LETTERS
    assert "nobody can tell" in found.cause
