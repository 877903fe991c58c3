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
    """What a body says as JSON; `None` where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def kind(routing_key: str) -> str:
    """What a submission would have been, by the noun of its routing key: `application`, or `unknown`."""
    noun = routing_key.partition(".")[2]
    return noun if noun in {submission.noun for submission in INTAKE.takes} else "unknown"


def ids_in(content: object) -> dict[str, str]:
    """The ids in a content, as far as they are ids at all."""
    if not isinstance(content, Mapping):
        return {}
    return {name: content[name] for name in ID_FIELDS if _is_identifier(content.get(name))}


def legible(fault: Fault) -> Fault:
    """The same fault, where its field's name is one that can be shown: the name of an unknown field is the sender's."""
    if fault.field.isprintable() and len(fault.field) <= LONGEST_FIELD_NAME:
        return fault
    return Fault(field="body", reason="The contract knows no field of this name: leave it out.")


def with_blanks(submission: type[SubmissionT], content: object, faults: Iterable[Fault]) -> SubmissionT | None:
    """The submission with a blank for each field that breaks the contract, so that the rules can judge the others.

    A blank breaks the rules on its own field, and is nobody's id. `None` where the content is not even an object.
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


def together(broken: Iterable[Fault], by_rules: Iterable[Fault]) -> list[Fault]:
    """What breaks the contract, and what the rules say of the other fields: of a blank they need say nothing."""
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
