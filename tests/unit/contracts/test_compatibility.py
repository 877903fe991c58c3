"""Each kind of change that would break those who rely on a contract is found, and no other."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.compatibility import incompatibilities
from shared.contracts.directory import published_messages
from shared.contracts.documents.schemas import reader_schema, writer_schema

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
MAYBE: Schema = {"anyOf": [TEXT, {"type": "null"}]}


def of(field: Schema, **beside: Any) -> Schema:
    """The schema of a message with one field."""
    return {"type": "object", "properties": {"days": field}, "required": ["days"], **beside}


@pytest.mark.parametrize(
    ("writer", "reader", "reason"),
    [
        pytest.param(of(TEXT), of(WHOLE), "`days` may be of type string", id="another type"),
        pytest.param(of({"type": "number"}), of(WHOLE), "`days` may be of type number", id="a wider type"),
        pytest.param(of({}), of(WHOLE), "`days` may be of type", id="no type"),
        pytest.param(of(MAYBE), of(TEXT), "`days` may be of type null", id="null"),
        pytest.param(of(TEXT, required=[]), of(TEXT), "`days` may be left out, but is needed", id="not required"),
        pytest.param({"type": "object"}, of(TEXT), "`days` may be left out, but is needed", id="removed"),
        pytest.param(
            of(TEXT, additionalProperties=False),
            {"type": "object", "properties": {"lasts": TEXT}, "additionalProperties": False},
            "`days` is not known any more",
            id="renamed",
        ),
        pytest.param(
            of(TEXT), of(TEXT, additionalProperties=False), "the message may have fields of any name", id="open"
        ),
        pytest.param(
            of(TEXT, additionalProperties=WHOLE),
            {"type": "object", "additionalProperties": WHOLE},
            "`days` may be of type",
            id="other values",
        ),
        pytest.param(
            of({"enum": ["a", "b"]}), of({"enum": ["a"]}), "`days` may be 'b'", id="one more value of an enumeration"
        ),
        pytest.param(of(TEXT), of({**TEXT, "enum": ["a"]}), "`days` may be other than a", id="no enumeration"),
        pytest.param(of({"const": 3}), of({"const": 2}), "`days` may be 3", id="another constant"),
        pytest.param(of(WHOLE), of({**WHOLE, "minimum": 2}), "`days` may be less than 2", id="no minimum"),
        pytest.param(
            of({**WHOLE, "maximum": 9}), of({**WHOLE, "maximum": 5}), "`days` may be more than 5", id="a higher maximum"
        ),
        pytest.param(
            of({**WHOLE, "minimum": 0}),
            of({**WHOLE, "exclusiveMinimum": 0}),
            "`days` may be 0 or less",
            id="a limit that is itself allowed",
        ),
        pytest.param(
            of({**TEXT, "maxLength": 9}),
            of({**TEXT, "maxLength": 5}),
            "`days` may be longer than 5 characters",
            id="longer",
        ),
        pytest.param(
            of({"enum": ["", "long"]}),
            of({**TEXT, "minLength": 1}),
            "`days` may be shorter than 1 characters",
            id="a value that is too short",
        ),
        pytest.param(of(TEXT), of({**TEXT, "pattern": "^a"}), "`days` need not match ^a", id="no pattern"),
        pytest.param(
            of({"enum": ["ab", "b"]}), of({**TEXT, "pattern": "^a"}), "`days` need not match ^a", id="a value off it"
        ),
        pytest.param(of(TEXT), of({**TEXT, "format": "date"}), "`days` need not have format 'date'", id="no format"),
        pytest.param(
            of({**TEXT, "format": "date-time"}), of({**TEXT, "format": "date"}), "`days` need not have", id="format"
        ),
        pytest.param(
            of({"type": "array", "items": TEXT}),
            of({"type": "array", "items": WHOLE}),
            "`days[]` may be of type string",
            id="other items",
        ),
        pytest.param(
            of({"type": "array", "items": TEXT}),
            of({"type": "array", "items": TEXT, "minItems": 1}),
            "`days` may have fewer than 1 items",
            id="an empty list",
        ),
        pytest.param(
            of({"type": "array", "items": of(TEXT, required=[])}),
            of({"type": "array", "items": of(TEXT)}),
            "`days[].days` may be left out",
            id="deep inside",
        ),
        pytest.param(
            of({"type": "array"}), of({"type": "array", "uniqueItems": True}), "need not have uniqueItems", id="unknown"
        ),
    ],
)
def test_what_a_reader_does_not_accept_is_named(writer: Schema, reader: Schema, reason: str) -> None:
    (found,) = incompatibilities(writer, reader)
    assert reason in found


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        pytest.param(of(WHOLE), of({"type": "number"}), id="a whole number is a number"),
        pytest.param(of(TEXT), of(MAYBE), id="a text where null is allowed too"),
        pytest.param(of(TEXT), of(TEXT, required=[]), id="always there where it may be left out"),
        pytest.param(of(TEXT), {"type": "object"}, id="a field that the reader ignores"),
        pytest.param(of(TEXT), {}, id="anything where anything goes"),
        pytest.param(of({"enum": ["a"]}), of({"enum": ["a", "b"]}), id="fewer values"),
        pytest.param(of({"enum": ["ab"]}), of({**TEXT, "minLength": 2, "pattern": "^a"}), id="a value within limits"),
        pytest.param(of({**WHOLE, "minimum": 3}), of({**WHOLE, "minimum": 2}), id="narrower limits"),
        pytest.param(of({**TEXT, "title": "x", "x-personal": True}), of({**TEXT, "examples": ["1"]}), id="other words"),
        pytest.param(
            of(TEXT, additionalProperties=False), of(MAYBE, additionalProperties=False), id="both without other fields"
        ),
    ],
)
def test_what_a_reader_accepts_passes(writer: Schema, reader: Schema) -> None:
    assert incompatibilities(writer, reader) == []


@st.composite
def broken_fields(draw: st.DrawFn) -> tuple[str, Schema, Schema]:
    """A field of a message, the message with that field changed, and as it was published."""
    published = writer_schema(draw(st.sampled_from(published_messages())))
    changed = copy.deepcopy(published)
    not_null = [field for field in published["required"] if "anyOf" not in published["properties"][field]]
    field = draw(st.sampled_from(not_null))
    match draw(st.sampled_from(["type", "null", "left out", "removed", "renamed"])):
        case "type":
            changed["properties"][field] = {"type": "object"}
        case "null":
            changed["properties"][field] = {"anyOf": [published["properties"][field], {"type": "null"}]}
        case "left out":
            changed["required"].remove(field)
        case "removed":
            changed["required"].remove(field)
            del changed["properties"][field]
        case "renamed":
            changed["required"].remove(field)
            changed["properties"][f"{field}_now"] = changed["properties"].pop(field)
    return field, changed, published


@given(broken_fields())
def test_a_change_of_any_field_of_any_message_is_found(broken: tuple[str, Schema, Schema]) -> None:
    field, changed, published = broken
    assert any(f"`{field}`" in reason for reason in incompatibilities(changed, published))


@given(st.sampled_from(published_messages()))
def test_what_is_published_is_compatible_with_itself(message: Any) -> None:
    assert incompatibilities(writer_schema(message), writer_schema(message)) == []
    assert incompatibilities(writer_schema(message), reader_schema(message)) == []
