"""Checks whether a changed contract is still compatible with its publishers and its subscribers.

Each check compares the schema of a writer with that of a reader. There are three cases:

- An event's subscribers were written by the published schema, and receive what is published now.
- An outside system was written by the published schema. What it keeps sending must be accepted by today's reader.
- Messages that were published before the change and are still on their way must be accepted by today's reader.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import NoneType
from typing import Any, Final, NamedTuple

Schema = Mapping[str, Any]

_TYPES: Final = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": NoneType,
    "number": float,
    "object": dict,
    "string": str,
}


class _Limit(NamedTuple):
    """A keyword that limits a value or its length: the writer's most extreme value must not exceed it."""

    measure: Callable[[Any], Any]
    extreme: Callable[..., Any]
    passes: Callable[[Any, Any], bool]
    words: str


def _itself(value: Any) -> Any:
    return value


_LIMITS: Final[Mapping[str, _Limit]] = {
    "minimum": _Limit(_itself, min, operator.lt, "may be less than {}"),
    "exclusiveMinimum": _Limit(_itself, min, operator.lt, "may be {} or less"),
    "minLength": _Limit(len, min, operator.lt, "may be shorter than {} characters"),
    "minItems": _Limit(len, min, operator.lt, "may have fewer than {} items"),
    "maximum": _Limit(_itself, max, operator.gt, "may be more than {}"),
    "exclusiveMaximum": _Limit(_itself, max, operator.gt, "may be {} or more"),
    "maxLength": _Limit(len, max, operator.gt, "may be longer than {} characters"),
    "maxItems": _Limit(len, max, operator.gt, "may have more than {} items"),
}
_COMPARED: Final = {
    *("$schema", "$id", "title", "description", "examples", "default", "deprecated"),
    *("type", "const", "enum", "pattern", "anyOf", "oneOf", *_LIMITS),
    *("items", "properties", "required", "additionalProperties"),
}


def incompatibilities(writer: Schema, reader: Schema, place: str = "") -> list[str]:
    """Every reason why a value that fits the writer's schema may not fit the reader's, as text.

    Both are JSON Schemas without references. Keywords that cannot be compared are reported if they differ: a harmless
    change may be reported, but a breaking one is never overlooked. A reader ignores a field that its schema does not
    have, unless the schema forbids other fields.
    """
    return [reason for one in _branches(writer) for reason in _of_one(one, _branches(reader), place)]


def _branches(schema: Schema) -> list[Schema]:
    """The alternatives of a schema, each with the keywords beside them."""
    beside = {keyword: value for keyword, value in schema.items() if keyword not in ("anyOf", "oneOf")}
    alternatives = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return [{**beside, **alternative} for alternative in alternatives] or [schema]


def _of_one(writer: Schema, readers: list[Schema], place: str) -> list[str]:
    """Why none of the reader's alternatives accepts one of the writer's; empty if one does."""
    of_this_type = [schema for schema in readers if _types(writer) <= _readable_types(schema)]
    if not of_this_type:
        return [f"{_the(place)} may be of type {_list(_types(writer))}, which its readers do not accept"]
    attempts = [list(_of_one_type(writer, schema, place)) for schema in of_this_type]
    return min(attempts, key=len)


def _of_one_type(writer: Schema, reader: Schema, place: str) -> Iterator[str]:
    yield from _values(writer, reader, place)
    yield from _limits(writer, reader, place)
    yield from _patterns(writer, reader, place)
    if "items" in reader:
        yield from incompatibilities(writer.get("items", {}), reader["items"], f"{place}[]")
    yield from _missing_fields(writer, reader, place)
    yield from _known_fields(writer, reader, place)
    yield from _other_fields(writer, reader, place)
    yield from _uncompared(writer, reader, place)


def _types(schema: Schema) -> set[str]:
    types, values = schema.get("type"), _allowed(schema)
    if types is None and values is not None:
        return {name for name, kind in _TYPES.items() for value in values if type(value) is kind}
    return set(_TYPES) if types is None else {types} if isinstance(types, str) else set(types)


def _readable_types(schema: Schema) -> set[str]:
    types = _types(schema)
    return types | {"integer"} if "number" in types else types


def _allowed(schema: Schema) -> list[Any] | None:
    """The values that a schema allows, if it lists them."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values(writer: Schema, reader: Schema, place: str) -> Iterator[str]:
    listed, known = _allowed(writer), _allowed(reader)
    if known is None:
        return
    if listed is None:
        yield f"{_the(place)} may be other than {_list(known)}, which its readers do not accept"
    else:
        yield from (
            f"{_the(place)} may be {value!r}, which its readers do not accept" for value in listed if value not in known
        )


def _limits(writer: Schema, reader: Schema, place: str) -> Iterator[str]:
    values = _allowed(writer)
    for keyword, (measure, extreme, passes, words) in _LIMITS.items():
        if keyword not in reader:
            continue
        limit = reader[keyword]
        most = extreme(map(measure, values)) if values else writer.get(keyword)
        if most is None or passes(most, limit):
            yield f"{_the(place)} {words.format(limit)}, which its readers do not accept"


def _patterns(writer: Schema, reader: Schema, place: str) -> Iterator[str]:
    pattern, values = reader.get("pattern"), _allowed(writer)
    if pattern is None or writer.get("pattern") == pattern:
        return
    if not (values and all(re.search(pattern, value) for value in values)):
        yield f"{_the(place)} need not match {pattern}"


def _missing_fields(writer: Schema, reader: Schema, place: str) -> Iterator[str]:
    always = writer.get("required", ())
    for field in reader.get("required", ()):
        if field not in always:
            yield f"{_the(_field(place, field))} may be left out, but is needed"


def _known_fields(writer: Schema, reader: Schema, place: str) -> Iterator[str]:
    for field, schema in reader.get("properties", {}).items():
        if field in writer.get("properties", {}):
            yield from incompatibilities(writer["properties"][field], schema, _field(place, field))


def _other_fields(writer: Schema, reader: Schema, place: str) -> Iterator[str]:
    """Check the fields that the reader does not have by name."""
    accepted = reader.get("additionalProperties", True)
    if accepted is True:
        return
    others = {
        field: schema
        for field, schema in writer.get("properties", {}).items()
        if field not in reader.get("properties", {})
    }
    rest = writer.get("additionalProperties", True)
    if accepted is False:
        yield from (f"{_the(_field(place, field))} is not known any more" for field in others)
        if rest is not False:
            yield f"{_the(place)} may have fields of any name, which its readers do not accept"
        return
    for field, schema in others.items():
        yield from incompatibilities(schema, accepted, _field(place, field))
    if rest is not False:
        yield from incompatibilities({} if rest is True else rest, accepted, f"{place}{{}}")


def _uncompared(writer: Schema, reader: Schema, place: str) -> Iterator[str]:
    for keyword, value in reader.items():
        if keyword not in _COMPARED and not keyword.startswith("x-") and writer.get(keyword) != value:
            yield f"{_the(place)} need not have {keyword} {value!r}"


def _field(place: str, field: str) -> str:
    return f"{place}.{field}" if place else field


def _the(place: str) -> str:
    return f"`{place}`" if place else "the message"


def _list(values: Iterable[Any]) -> str:
    return ", ".join(sorted(map(str, values)))
