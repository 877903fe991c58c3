"""Examples of whole messages, made from the examples of their fields."""

from collections.abc import Mapping
from typing import Any


def example_of(schema: Mapping[str, Any], place: str = "") -> Any:
    """A value that fits the schema, made of the first example of each part.

    The schema must have no references. Raises `LookupError`, which names the field, if a field has no example.
    """
    match schema:
        case {"examples": [first, *_]} | {"const": first} | {"enum": [first, *_]}:
            return first
        case {"anyOf": [first, *_]}:
            return example_of(first, place)
        case {"type": "object", "properties": fields}:
            return {field: example_of(part, f"{place}.{field}") for field, part in fields.items()}
        case {"type": "array", "items": item}:
            return [example_of(item, f"{place}[]")]
        case {"type": "boolean"}:
            return True
        case _:
            raise LookupError(f"the contract gives no example of {place.removeprefix('.')}")
