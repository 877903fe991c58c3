"""Figures are measured in processes of their own, and one that fails takes nothing with it."""

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import __main__ as benchmarks
from benchmarks.checkout import Checkout, NoCheckout
from benchmarks.figure import Size
from benchmarks.measuring import LONGEST_REASON, reason
from benchmarks.turns import Home
from ninthweek.servers.ports import free_port


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Ours, on servers that do not run."""
    monkeypatch.setattr(benchmarks, "LOGS", tmp_path)
    return Home(Checkout.this(), f"postgresql://nobody@127.0.0.1:{free_port()}/none", "amqp://127.0.0.1:1/", "none")


async def test_a_figure_that_fails_says_why_in_a_line_and_the_others_go_on(nowhere: Home, tmp_path: Path) -> None:
    keys = ["statements_per_message", "busy_rows"]
    with Console(quiet=True) as console:
        measured, failures = await benchmarks.measure_all(keys, Size.SMALLEST, 1, [nowhere], console)
    assert not measured
    assert list(failures) == keys
    for key in keys:
        log = tmp_path / f"{key}-none.log"
        assert failures[key].startswith("ConnectionRefusedError")
        assert failures[key].endswith(f"(see {log})")
        assert "\n" not in failures[key]
        assert "Traceback" in log.read_text()


def test_a_checkout_without_an_environment_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoCheckout, match=r"run `make \.venv/bench` there"):
        Checkout.other(tmp_path)


def test_no_setting_of_the_programme_reaches_a_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NINTHWEEK_PREFETCH", "SESSION_SECRET", "SMTP_URL", "PYTHONSTARTUP"):
        monkeypatch.setenv(name, "ours")
    monkeypatch.setenv("https_proxy", "theirs")
    environment = Checkout.this().environment()
    assert "ours" not in environment.values()
    assert environment["https_proxy"] == "theirs"


def test_a_reason_is_one_line_of_the_first_error_of_several() -> None:
    errors = ExceptionGroup("two", [ExceptionGroup("one", [ValueError("a fault\nin two lines")]), KeyError("x")])
    assert reason(errors) == "ValueError: a fault in two lines"
    assert len(reason(ValueError("x" * 1000))) == LONGEST_REASON
