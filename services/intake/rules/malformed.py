"""What can still be read of a submission that breaks its contract."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter, ValidationError

from shared.contracts.directory import INTAKE
from shared.contracts.faults import Fault
from shared.contracts.message import Identifier, Submission

ID_FIELDS = ("host_id", "student_id", "project_id", "application_id")
LONGEST_FIELD_NAME = 200

SubmissionT = TypeVar("SubmissionT", bound=Submission)

_identifier: TypeAdapter[str] = TypeAdapter(Identifier, config=ConfigDict(strict=True))


def content_of(body: bytes) -> object:
    """A body parsed as JSON; `None` if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def kind(routing_key: str) -> str:
    """The kind that a submission was meant to be: the noun of its routing key, such as `application`, or `unknown`."""
    noun = routing_key.partition(".")[2]
    return noun if noun in {submission.noun for submission in INTAKE.takes} else "unknown"


def ids_in(content: object) -> dict[str, str]:
    """The ids in the content; values that cannot be ids are left out."""
    if not isinstance(content, Mapping):
        return {}
    return {name: content[name] for name in ID_FIELDS if _is_identifier(content.get(name))}


def legible(fault: Fault) -> Fault:
    """The same fault, or one without the field's name if that cannot be shown.

    The sender chooses the name of an unknown field, so it may be anything.
    """
    if fault.field.isprintable() and len(fault.field) <= LONGEST_FIELD_NAME:
        return fault
    return Fault(field="body", reason="The contract knows no field of this name: leave it out.")


def with_blanks(submission: type[SubmissionT], content: object, faults: Iterable[Fault]) -> SubmissionT | None:
    """The submission with a blank for each field that breaks the contract, so that the rules can check the others.

    A blank breaks the rules on its own field alone, and nothing has a blank id. `None` if the content is not even an
    object.
    """
    if not isinstance(content, Mapping):
        return None
    fields = submission.model_fields
    broken = {fault.field.partition(".")[0] for fault in faults} & fields.keys()
    sound = {name: content[name] for name in fields if name in content and name not in broken}
    examples = {name: (fields[name].examples or [None])[0] for name in broken}
    try:
        readable = submission.model_validate_json(json.dumps(sound | examples))
    except ValidationError:
        return None
    return readable.model_copy(update={name: _blank(getattr(readable, name)) for name in broken})


def merge_faults(broken: Iterable[Fault], by_rules: Iterable[Fault]) -> list[Fault]:
    """The faults of the contract, and those that the rules found in other fields.

    What they found in a field that breaks the contract is about its blank, and is left out.
    """
    broken = list(broken)
    named = {fault.field.partition(".")[0] for fault in broken}
    return [*broken, *(fault for fault in by_rules if fault.field not in named)]


def _blank(example: Any) -> Any:
    match example:
        case date():
            return date.min
        case UUID():
            return UUID(int=0)
        case _:
            return type(example)()


def _is_identifier(value: object) -> bool:
    try:
        _identifier.validate_python(value)
    except ValidationError:
        return False
    return True
