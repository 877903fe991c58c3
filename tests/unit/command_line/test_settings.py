"""A wrong setting stops the command, with one line that names it and says what to do."""

import io
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from ninthweek.command_line import main
from ninthweek.demonstration.clock import note_moment
from ninthweek.servers.ports import free_port
from ninthweek.settings import AdministratorUrls, SettingFaulty, administrator_urls, checked_url, note_servers


class Ninthweek(Protocol):
    """Runs a command in an empty folder; its exit status, and what it wrote to standard error."""

    def __call__(
        self, arguments: list[str], *, given: str = "", environment: Mapping[str, str] = ...
    ) -> tuple[int, str]: ...


@pytest.fixture
def ninthweek(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Ninthweek:
    def run(arguments: list[str], *, given: str = "", environment: Mapping[str, str] = {}) -> tuple[int, str]:
        monkeypatch.chdir(tmp_path)
        for name in ("DATABASE_URL", "AMQP_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["ninthweek", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().err

    return run


@pytest.mark.parametrize("url", ["", "localhost", "http://host/", "amqp://", "amqp://host:port/", "amqp://host:0/"])
def test_what_is_no_url_of_a_broker_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingFaulty, match=r"AMQP_URL is not a URL of the form amqp://") as refused:
        checked_url("AMQP_URL", url, "amqp", "amqps")
    assert not url or url not in str(refused.value).partition("form")[0]


def test_the_servers_of_an_up_that_runs_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("AMQP_URL", raising=False)
    urls = AdministratorUrls("postgresql://u:p@127.0.0.1:1/d", "amqp://u:p@127.0.0.1:2/")
    note_servers(tmp_path, urls)
    assert administrator_urls(tmp_path) == urls
    assert (tmp_path / "servers.json").stat().st_mode & 0o077 == 0


def test_both_missing_settings_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("AMQP_URL", raising=False)
    with pytest.raises(SettingFaulty, match="DATABASE_URL and AMQP_URL must be set"):
        administrator_urls(tmp_path)


SERVERS = {"DATABASE_URL": "postgresql://h/d", "AMQP_URL": "amqp://h/"}


@pytest.mark.parametrize(
    ("arguments", "environment", "reason"),
    [
        (["run", "matchmaking"], {}, "There is no service matchmaking: name one of intake"),
        (["run", "matching"], {}, "MATCHING_DATABASE_URL must be set"),
        (["migrate"], {"DATABASE_URL": "nonsense", "AMQP_URL": "amqp://a/"}, "DATABASE_URL is not a URL"),
        (["migrate"], {"DATABASE_URL": "postgresql://u:p@127.0.0.1:9/d", "AMQP_URL": "amqp://a/"}, "cannot be reached"),
        (["publish", "host", "nowhere.json"], {}, "nowhere.json cannot be read"),
        (["publish", "herring"], {}, "sends no herring"),
        (
            ["failures", "show", "twelve"],
            {"DATABASE_URL": "postgresql://h/d", "AMQP_URL": "amqp://h/"},
            "twelve is not",
        ),
        (["demo", "--term", "nowhere"], {}, "nowhere"),
        (
            ["demo", "--until", "noon"],
            {},
            "no moment noon: name one of screening, applications, rankings, offers, placements, surveys",
        ),
        (["demo", "--until", "offers"], SERVERS, "unset DATABASE_URL and AMQP_URL"),
    ],
)
def test_a_command_that_cannot_do_its_work_says_why_in_one_line(
    arguments: list[str], environment: dict[str, str], reason: str, ninthweek: Ninthweek
) -> None:
    status, error = ninthweek(arguments, environment=environment)
    assert status != 0
    assert reason in error
    assert "Traceback" not in error


def test_every_fault_of_a_body_that_breaks_its_contract_is_reported(ninthweek: Ninthweek) -> None:
    _, error = ninthweek(["publish", "host"], given='{"host_id": "H1", "citty": "Oxford"}')
    assert "organisation: This field is missing" in error
    assert "citty: The contract knows no such field" in error


def test_a_demonstrations_data_is_refused_with_other_servers(ninthweek: Ninthweek, tmp_path: Path) -> None:
    note_moment(tmp_path, datetime(2027, 5, 22, 12, tzinfo=UTC))
    status, error = ninthweek(["up", "--data", str(tmp_path), "--port", str(free_port())], environment=SERVERS)
    assert (status, "has a demonstration" in error) == (2, True)
