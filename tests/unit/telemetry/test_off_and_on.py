"""Tracing is off unless an endpoint is set, and then costs nothing; settings that cannot work are refused at once."""

import os
import subprocess
import sys

import pytest

from shared.telemetry import check_settings

LOADED = """
import sys
from ninthweek.house import house
from ninthweek.services import NAMES, load
from shared.telemetry import tracing
[load(name) for name in NAMES]
with tracing():
    print(sum(name.startswith(("opentelemetry.sdk", "opentelemetry.exporter")) for name in sys.modules))
"""


def loaded(**environment: str) -> int:
    """How many modules of OpenTelemetry's SDK a process has loaded that is about to run every service.

    Its API, which does nothing by itself, is loaded by FastAPI.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    program = subprocess.run(
        [sys.executable, "-c", LOADED], env=inherited | environment, check=True, capture_output=True, text=True
    )
    return int(program.stdout)


def test_without_an_endpoint_nothing_that_makes_spans_is_loaded() -> None:
    assert loaded() == 0
    assert loaded(OTEL_EXPORTER_OTLP_ENDPOINT="") == 0
    assert loaded(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", OTEL_SDK_DISABLED="true") == 0


def test_with_an_endpoint_it_is() -> None:
    assert loaded(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9") > 0


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "must begin with http"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "must be http/protobuf"),
    ],
)
def test_a_setting_by_which_no_spans_could_be_sent_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=reason) as refused:
        check_settings()
    assert name in str(refused.value)
