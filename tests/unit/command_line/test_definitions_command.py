"""`ninthweek definitions` prints what the broker loads."""

import json

import pytest
from typer.testing import CliRunner

from ninthweek.command_line import commands
from ninthweek.settings import SettingFaulty, variable
from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES

NAMES = [each.name for each in (*SERVICES, *OUTSIDE_SYSTEMS)]
ENVIRONMENT = {"AMQP_URL": "amqp://administrator:its-password@broker/"} | {
    variable(name, "AMQP_URL"): f"amqp://{name}:its-password@broker/" for name in NAMES
}


def test_every_service_and_outside_system_has_a_user_and_no_password_is_shown() -> None:
    printed = CliRunner().invoke(commands, ["definitions"], env=ENVIRONMENT).output
    assert {user["name"] for user in json.loads(printed)["users"]} == {"administrator", *NAMES}
    assert "its-password" not in printed


@pytest.mark.parametrize(
    ("name", "url", "error"),
    [
        ("CAREERS_PORTAL_AMQP_URL", "", "CAREERS_PORTAL_AMQP_URL must be set"),
        ("INTAKE_AMQP_URL", "http://broker/", "INTAKE_AMQP_URL is not a URL"),
        ("MATCHING_AMQP_URL", "amqp://broker/", "the AMQP URL of matching has no user or no password"),
        ("SCREENING_AMQP_URL", ENVIRONMENT["INTAKE_AMQP_URL"], "needs a user of its own"),
    ],
)
def test_a_url_that_gives_no_user_of_its_own_is_named(name: str, url: str, error: str) -> None:
    ended = CliRunner().invoke(commands, ["definitions"], env=ENVIRONMENT | {name: url})
    assert isinstance(ended.exception, SettingFaulty)
    assert error in str(ended.exception)
