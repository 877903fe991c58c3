"""Whether what is said is still understood: the one question about every change of a contract.

An event's hearers were written against the published schema and get what is said now; an outside system was written
against it too, and what it goes on sending must be understood by the reader of now; so must what was said before a
change and is still on its way. Each time one schema is of what is said, the other of what is understood.
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
    """A keyword that bounds a value or its length: the most extreme value said must not pass it."""

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
_JUDGED: Final = {
    *("$schema", "$id", "title", "description", "examples", "default", "deprecated"),
    *("type", "const", "enum", "pattern", "anyOf", "oneOf", *_LIMITS),
    *("items", "properties", "required", "additionalProperties"),
}


def misunderstandings(said: Schema, understood: Schema, place: str = "") -> list[str]:
    """Every way in which a value by the schema `said` need not be one by `understood`, in words for a reader.

    Both are JSON Schemas without references. What it cannot judge it reports: it may warn of a change that is
    harmless, but does not overlook one that is not. A field that the reader does not know is ignored by it, unless its
    schema forbids that.
    """
    return [reason for one in _branches(said) for reason in _of_one(one, _branches(understood), place)]


def _branches(schema: Schema) -> list[Schema]:
    """The alternatives of a schema, each with what stands beside them."""
    beside = {keyword: value for keyword, value in schema.items() if keyword not in ("anyOf", "oneOf")}
    alternatives = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return [{**beside, **alternative} for alternative in alternatives] or [schema]


def _of_one(said: Schema, understood: list[Schema], place: str) -> list[str]:
    """What is wrong with one alternative of what is said, which any one alternative may understand."""
    of_this_type = [schema for schema in understood if _types(said) <= _readable_types(schema)]
    if not of_this_type:
        return [f"{_the(place)} may be of type {_list(_types(said))}, which is not understood"]
    attempts = [list(_of_one_type(said, schema, place)) for schema in of_this_type]
    return min(attempts, key=len)


def _of_one_type(said: Schema, understood: Schema, place: str) -> Iterator[str]:
    yield from _values(said, understood, place)
    yield from _limits(said, understood, place)
    yield from _patterns(said, understood, place)
    if "items" in understood:
        yield from misunderstandings(said.get("items", {}), understood["items"], f"{place}[]")
    yield from _missing_fields(said, understood, place)
    yield from _known_fields(said, understood, place)
    yield from _other_fields(said, understood, place)
    yield from _unjudged(said, understood, place)


def _types(schema: Schema) -> set[str]:
    types, values = schema.get("type"), _allowed(schema)
    if types is None and values is not None:
        return {name for name, kind in _TYPES.items() for value in values if type(value) is kind}
    return set(_TYPES) if types is None else {types} if isinstance(types, str) else set(types)


def _readable_types(schema: Schema) -> set[str]:
    types = _types(schema)
    return types | {"integer"} if "number" in types else types


def _allowed(schema: Schema) -> list[Any] | None:
    """The only values of a schema, where it lists them."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values(said: Schema, understood: Schema, place: str) -> Iterator[str]:
    listed, known = _allowed(said), _allowed(understood)
    if known is None:
        return
    if listed is None:
        yield f"{_the(place)} may be other than {_list(known)}, which is not understood"
    else:
        yield from (
            f"{_the(place)} may be {value!r}, which is not understood" for value in listed if value not in known
        )


def _limits(said: Schema, understood: Schema, place: str) -> Iterator[str]:
    values = _allowed(said)
    for keyword, (measure, extreme, passes, words) in _LIMITS.items():
        if keyword not in understood:
            continue
        limit = understood[keyword]
        most = extreme(map(measure, values)) if values else said.get(keyword)
        if most is None or passes(most, limit):
            yield f"{_the(place)} {words.format(limit)}, which is not understood"


def _patterns(said: Schema, understood: Schema, place: str) -> Iterator[str]:
    pattern, values = understood.get("pattern"), _allowed(said)
    if pattern is None or said.get("pattern") == pattern:
        return
    if not (values and all(re.search(pattern, value) for value in values)):
        yield f"{_the(place)} need not match {pattern}"


def _missing_fields(said: Schema, understood: Schema, place: str) -> Iterator[str]:
    always = said.get("required", ())
    for field in understood.get("required", ()):
        if field not in always:
            yield f"{_the(_field(place, field))} may be left out, but is needed"


def _known_fields(said: Schema, understood: Schema, place: str) -> Iterator[str]:
    for field, schema in understood.get("properties", {}).items():
        if field in said.get("properties", {}):
            yield from misunderstandings(said["properties"][field], schema, _field(place, field))


def _other_fields(said: Schema, understood: Schema, place: str) -> Iterator[str]:
    """Fields that the reader does not know by name."""
    taken = understood.get("additionalProperties", True)
    if taken is True:
        return
    others = {
        field: schema
        for field, schema in said.get("properties", {}).items()
        if field not in understood.get("properties", {})
    }
    rest = said.get("additionalProperties", True)
    if taken is False:
        yield from (f"{_the(_field(place, field))} is not known any more" for field in others)
        if rest is not False:
            yield f"{_the(place)} may have fields of any name, which are not understood"
        return
    for field, schema in others.items():
        yield from misunderstandings(schema, taken, _field(place, field))
    if rest is not False:
        yield from misunderstandings({} if rest is True else rest, taken, f"{place}{{}}")


def _unjudged(said: Schema, understood: Schema, place: str) -> Iterator[str]:
    for keyword, value in understood.items():
        if keyword not in _JUDGED and not keyword.startswith("x-") and said.get(keyword) != value:
            yield f"{_the(place)} need not have {keyword} {value!r}"


def _field(place: str, field: str) -> str:
    return f"{place}.{field}" if place else field


def _the(place: str) -> str:
    return f"`{place}`" if place else "the message"


def _list(values: Iterable[Any]) -> str:
    return ", ".join(sorted(map(str, values)))
