"""The composed programme, as it is reached on its host: through its reverse proxy, `door`, and by `docker compose`."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from shared.contracts.message import Submission

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.25

Answer = TypeVar("Answer")


def compose(*arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """Run `docker compose`; COMPOSE_PROJECT_NAME says which programme, where it is not the one of this folder."""
    return subprocess.run(
        ["docker", "compose", *arguments], cwd=ROOT, input=given, capture_output=True, text=True, check=False
    )


def eventually(ask: Callable[[], Answer | None]) -> Answer:
    """Ask until there is an answer that is neither None nor empty."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (answer := ask()):
        assert time.monotonic() < end, f"nothing came of {ask.__qualname__} within {PATIENCE_SECONDS:.0f} seconds"
        time.sleep(POLL_SECONDS)
    return answer


@dataclass(frozen=True)
class Programme:
    """A programme that is up."""

    door: str
    _configuration: dict[str, Any]

    def setting(self, part: str, variable: str) -> str:
        value: str = self._configuration["services"][part]["environment"][variable]
        return value

    def caller(self, token: str | None = None) -> httpx.Client:
        """A client of the reverse proxy, with the token in this variable, or without one."""
        headers = {"Authorization": f"Bearer {self.setting('intake', token)}"} if token else {}
        return httpx.Client(base_url=self.door, headers=headers, timeout=30)

    def publish(self, submission: Submission, *options: str) -> "subprocess.CompletedProcess[str]":
        """Send a submission over AMQP, from inside the network, as the outside system that sends such."""
        return compose(
            *("run", "--rm", "--no-TTY", "staff-tools", "publish", submission.noun, *options),
            given=submission.to_json().decode(),
        )

    def python(self, part: str, program: str, *arguments: str) -> str:
        """What a program prints that runs inside a service's container."""
        ran = compose("exec", "--no-TTY", part, "python", "-c", program, *arguments)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def subjects_of_mails_to(self, address: str) -> list[str]:
        """The subjects of what MailDev holds for somebody, in order."""
        read = "from urllib.request import urlopen; print(urlopen('http://maildev:1080/api/email').read().decode())"
        mails = json.loads(self.python("intake", read))
        return [mail["subject"] for mail in mails if address in {to["address"] for to in mail["to"]}]


def programme_that_is_up() -> Programme | None:
    """The programme, if it is up here."""
    if shutil.which("docker") is None:
        return None
    port = compose("port", "door", "8000")
    if port.returncode != 0 or not port.stdout.strip():
        return None
    configuration = compose("--profile", "staff-tools", "config", "--format", "json")
    assert configuration.returncode == 0, configuration.stderr
    return Programme(f"http://{port.stdout.strip()}", json.loads(configuration.stdout))
