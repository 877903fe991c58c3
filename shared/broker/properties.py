"""Decodes the headers of a message, whatever a sender put there.

Of the properties only the headers are needed. A strange value does not make the rest unreadable: text that is not UTF-8
stays bytes, and a timestamp stays the number that it is on the wire. The layout is that of AMQP 0-9-1, sections 4.2.5
and 4.2.6.1, with the types that RabbitMQ knows (rabbitmq.com, "AMQP 0-9-1 Errata", section 3).
"""

import struct
from struct import Struct
from typing import Any

_HAS_CONTENT_TYPE, _HAS_CONTENT_ENCODING, _HAS_HEADERS, _HAS_MORE_FLAGS = 1 << 15, 1 << 14, 1 << 13, 1

_FLAGS = Struct(">H")
_LENGTH = Struct(">I")
_DECIMAL = Struct(">Bi")
_NUMBERS = {
    ord("t"): Struct(">?"),
    ord("b"): Struct(">b"),
    ord("B"): Struct(">B"),
    ord("s"): Struct(">h"),
    ord("u"): Struct(">H"),
    ord("I"): Struct(">i"),
    ord("i"): Struct(">I"),
    ord("l"): Struct(">q"),
    ord("L"): Struct(">q"),
    ord("f"): Struct(">f"),
    ord("d"): Struct(">d"),
    ord("T"): Struct(">q"),  # seconds since 1970; what else senders put there is not for us to judge
}
_TEXT, _BYTES, _ARRAY, _TABLE, _DECIMAL_NUMBER, _VOID = map(ord, "SxAFDV")


def read_headers(properties: bytes) -> tuple[dict[str, Any], bool]:
    """The headers of a message, and whether all could be decoded. If not, these are the ones before the fault.

    `properties` are the property flags and the property list, as they are on the wire.
    """
    headers: dict[str, Any] = {}
    try:
        (flags,) = _FLAGS.unpack_from(properties)
        position = _FLAGS.size
        more = flags
        while more & _HAS_MORE_FLAGS:  # flags of properties that no specification defines
            (more,) = _FLAGS.unpack_from(properties, position)
            position += _FLAGS.size
        if flags & _HAS_CONTENT_TYPE:
            position += 1 + properties[position]
        if flags & _HAS_CONTENT_ENCODING:
            position += 1 + properties[position]
        if flags & _HAS_HEADERS:
            _read_table(properties, position, headers)
    except (struct.error, IndexError, ValueError, RecursionError):  # the last: nested without end
        return headers, False
    return headers, True


def _read_table(data: bytes, position: int, into: dict[str, Any]) -> int:
    """Read the table that begins at a position; returns the position of its end."""
    (length,) = _LENGTH.unpack_from(data, position)
    position += _LENGTH.size
    end = _end(data, position, length)
    while position < end:
        begin = position + 1
        position = begin + data[position]
        name = data[begin:position].decode("utf-8", "backslashreplace")
        into[name], position = _read_value(data, position)
    return end


def _read_value(data: bytes, position: int) -> tuple[Any, int]:
    """The value whose type is at a position, and the position of its end."""
    kind = data[position]
    position += 1
    if kind in {_TEXT, _BYTES}:
        (length,) = _LENGTH.unpack_from(data, position)
        position += _LENGTH.size
        end = _end(data, position, length)
        value = data[position:end]
        return (_as_text(value) if kind == _TEXT else value), end
    if number := _NUMBERS.get(kind):
        return number.unpack_from(data, position)[0], position + number.size
    if kind == _VOID:
        return None, position
    if kind == _TABLE:
        table: dict[str, Any] = {}
        end = _read_table(data, position, table)
        return table, end
    if kind == _ARRAY:
        return _read_array(data, position)
    if kind == _DECIMAL_NUMBER:
        scale, unscaled = _DECIMAL.unpack_from(data, position)
        return f"{unscaled}e-{scale}", position + _DECIMAL.size
    raise ValueError("an unknown type of value")


def _read_array(data: bytes, position: int) -> tuple[list[Any], int]:
    (length,) = _LENGTH.unpack_from(data, position)
    position += _LENGTH.size
    end = _end(data, position, length)
    values = []
    while position < end:
        value, position = _read_value(data, position)
        values.append(value)
    return values, end


def _end(data: bytes, position: int, length: int) -> int:
    if position + length > len(data):
        raise ValueError("a value that is longer than the properties")
    return position + length


def _as_text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
