"""Faults: what is wrong with the fields of a submission or request, without repeating what was sent."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """One thing that is wrong with a submission, and what to do about it. Never repeats what was sent."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    field: Annotated[str, Field(description="The field at fault.", examples=["days"])]
    reason: Annotated[
        str,
        Field(
            description="What is wrong, and what to do.",
            examples=["A placement lasts 2 to 5 days; this one says 7."],
        ),
    ]


_PLACES = {"body", "query", "path", "header"}


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """The faults of `pydantic.ValidationError.errors()`, one for each field."""
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
