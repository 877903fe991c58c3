"""The published JSON Schema (2020-12) of each message."""

from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from shared.contracts.directory import OUTSIDE_SYSTEMS
from shared.contracts.documents.examples import example_of
from shared.contracts.message import Event, Message, Submission

Schema = dict[str, Any]

_DEFINITIONS: Final = "#/$defs/"


def published_schema(message: type[Message]) -> Schema:
    """The schema of one message, with its routing keys and an example."""
    schema = writer_schema(message)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:{message.type.replace('.', ':')}",
        "title": name(message),
        **schema,
        "x-routing-keys": list(routing_keys(message)),
        "examples": [example_of(schema)],
    }


def name(message: type[Message]) -> str:
    """The name of a message in the documents: `ProjectApproved.v1`."""
    return f"{message.__name__}.v{message.version}"


def routing_keys(message: type[Message]) -> tuple[str, ...]:
    """The routing keys of a published message: an event has one, a submission one for each system that sends it."""
    if issubclass(message, Event):
        return (message.routing_key,)
    if issubclass(message, Submission):
        return tuple(system.routing_key(message) for system in OUTSIDE_SYSTEMS if message in system.sends)
    raise TypeError(f"{message.__name__} is not published")


def writer_schema(message: type[Message]) -> Schema:
    """The schema by which a message is written: by us if it is an event, by outside systems if it is a submission."""
    return _schema(message, "serialization" if issubclass(message, Event) else "validation")


def reader_schema(message: type[Message]) -> Schema:
    """The schema by which our services read a message: a field with a default may be missing."""
    return _schema(message, "validation")


def _schema(message: type[Message], mode: JsonSchemaMode) -> Schema:
    schema = message.model_json_schema(schema_generator=_WithoutFieldTitles, mode=mode)
    definitions = schema.pop("$defs", {})
    del schema["title"]
    return {keyword: _inline(value, definitions) for keyword, value in schema.items()}


def _inline(schema: Any, definitions: dict[str, Schema]) -> Any:
    """The schema with each reference replaced by its definition, so that it refers to nothing else."""
    match schema:
        case {"$ref": reference, **beside}:
            return _inline({**definitions[reference.removeprefix(_DEFINITIONS)], **beside}, definitions)
        case dict():
            return {keyword: _inline(value, definitions) for keyword, value in schema.items()}
        case list():
            return [_inline(value, definitions) for value in schema]
        case _:
            return schema


class _WithoutFieldTitles(GenerateJsonSchema):
    """Pydantic's generator, without the titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False
