"""Logs: one line for each log event, as JSON unless they go to a terminal. Personal fields are masked everywhere."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES
from shared.contracts.message import is_personal

MASK = "***"


def configure(*, level: int = logging.INFO, output: TextIO | None = None) -> None:
    """Send the process's logs to `output`, by default to standard error."""
    output = output or sys.stderr
    is_terminal = output.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask_personal,
            structlog.dev.ConsoleRenderer() if is_terminal else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(output),
        cache_logger_on_first_use=True,
    )


def personal_fields() -> frozenset[str]:
    """The names of all fields that the contracts mark as personal."""
    events = [event for card in SERVICES for event in card.publishes]
    sent = [submission for system in OUTSIDE_SYSTEMS for submission in system.sends]
    return frozenset(field for model in (*events, *sent) for field in model.model_fields if is_personal(model, field))


_PERSONAL = personal_fields()


def mask_personal(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask the values of personal fields, at any depth."""
    for name, value in event.items():
        event[name] = _masked(name, value)
    return event


def _masked(name: str, value: Any) -> Any:
    if name in _PERSONAL:
        return MASK
    if isinstance(value, dict):
        return {inner: _masked(inner, inner_value) for inner, inner_value in value.items()}
    if isinstance(value, list):
        return [_masked("", inner_value) for inner_value in value]
    return value
