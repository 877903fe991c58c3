"""Validation errors as faults: each field, and what to do, without repeating what was sent."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.contracts.intake import Fault

_PLACES = {"body", "query", "path", "header"}


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """The faults in what `pydantic.ValidationError.errors()` tells, one a field."""
    faults: dict[str, str] = {}
    for error in errors:
        field = ".".join(str(part) for part in error["loc"] if part not in _PLACES) or "body"
        faults.setdefault(field, _reason(error))
    return [Fault(field=field, reason=reason) for field, reason in faults.items()]


def _reason(error: Mapping[str, Any]) -> str:
    match error["type"]:
        case "missing":
            return "This field is missing: add it."
        case "extra_forbidden":
            return "The contract knows no such field: correct its name or leave it out."
        case "json_invalid":
            return "The body is not JSON in UTF-8."
        case _:
            return f"{error['msg']}."
