"""Headers are read whatever else is among a message's properties, and whatever a sender put into them."""

import struct
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from shared.broker.properties import read_headers

CONTENT_HEADER = 12
"""Bytes of a content header before the property flags: class, weight, size of the body."""


def on_the_wire(**properties: object) -> bytes:
    """Property flags and property list as the client library writes them."""
    return ContentHeader(properties=Basic.Properties(**properties)).marshal()[CONTENT_HEADER:]  # type: ignore[arg-type]


def text(value: bytes) -> bytes:
    return b"S" + struct.pack(">I", len(value)) + value


def table(*entries: tuple[bytes, bytes]) -> bytes:
    """A table on the wire, of names and values with their types."""
    content = b"".join(bytes([len(name)]) + name + value for name, value in entries)
    return struct.pack(">I", len(content)) + content


def headers(*entries: tuple[bytes, bytes]) -> bytes:
    """Properties that are nothing but headers."""
    return struct.pack(">H", 1 << 13) + table(*entries)


def whole(properties: bytes) -> dict[str, Any]:
    """Headers that could be read to their end."""
    headers, is_readable = read_headers(properties)
    assert is_readable
    return headers


def test_what_the_client_library_writes_is_read() -> None:
    written = {"ce-id": "1", "ce-source": "crm", "number": 7, "yes": True, "none": None, "nested": {"a": ["b", 2]}}
    properties = on_the_wire(
        content_type="application/json",
        content_encoding="utf-8",
        headers=written,
        delivery_mode=2,
        priority=3,
        correlation_id="c",
        reply_to="r",
        expiration="60000",
        message_id="m",
        timestamp=datetime(2027, 4, 21, tzinfo=UTC),
        message_type="t",
        user_id="u",
        app_id="a",
    )
    assert whole(properties) == written


def test_a_message_without_headers_has_none() -> None:
    assert whole(on_the_wire(content_type="application/json", delivery_mode=2)) == {}
    assert whole(on_the_wire()) == {}


def test_text_that_is_not_utf_8_stays_bytes() -> None:
    latin = "Zoë".encode("latin-1")
    assert whole(headers((b"ce-id", text(b"1")), (b"who", text(latin)))) == {"ce-id": "1", "who": latin}


def test_a_name_that_is_not_utf_8_is_spelt_out() -> None:
    assert whole(headers(("naïve".encode("latin-1"), text(b"1")), (b"ce-id", text(b"2")))) == {
        "na\\xefve": "1",
        "ce-id": "2",
    }


@pytest.mark.parametrize("moment", [-1, 0, 1_800_000_000_000_000, -62_135_596_800])
def test_a_moment_stays_the_number_that_was_sent(moment: int) -> None:
    """A date before 1970, a zero date, one in microseconds."""
    assert whole(headers((b"sent", b"T" + struct.pack(">q", moment)), (b"ce-id", text(b"1")))) == {
        "sent": moment,
        "ce-id": "1",
    }


def test_a_decimal_number_stays_what_it_says() -> None:
    (value,) = whole(on_the_wire(headers={"fee": Decimal("12.5")})).values()
    assert Decimal(value) == Decimal("12.5")


@pytest.mark.parametrize("delivery_mode", [0, 1, 2, 3, 255])
def test_the_properties_that_nobody_needs_are_not_looked_at(delivery_mode: int) -> None:
    properties = struct.pack(">H", 1 << 13 | 1 << 12) + table((b"ce-id", text(b"1"))) + bytes([delivery_mode])
    assert whole(properties) == {"ce-id": "1"}


@pytest.mark.parametrize(
    "rest",
    [b"\x05other", b"\x05otherZ", b"\x05otherS\x00\x00\xff\xffshort", b"\x05otherI\x00", b"\xff"],
    ids=["no type", "a type that nobody knows", "text that is cut short", "a number that is cut short", "a name alone"],
)
def test_of_headers_that_cannot_be_read_to_their_end_those_before_are_known(rest: bytes) -> None:
    content = table((b"ce-id", text(b"1")))[4:] + rest
    properties = struct.pack(">HI", 1 << 13, len(content)) + content
    assert read_headers(properties) == ({"ce-id": "1"}, False)


def test_headers_that_are_nested_without_end_are_refused() -> None:
    value = b"V"
    for _ in range(10_000):
        value = b"A" + struct.pack(">I", len(value)) + value
    assert read_headers(headers((b"deep", value))) == ({}, False)


@given(some.binary(max_size=200))
def test_whatever_the_bytes_are_they_are_read_or_refused(properties: bytes) -> None:
    headers, is_readable = read_headers(properties)
    assert isinstance(headers, dict)
    assert is_readable in {True, False}


@given(
    some.dictionaries(
        some.text(min_size=1, max_size=20),
        some.one_of(some.text(max_size=30), some.integers(-(2**31), 2**31 - 1), some.booleans(), some.none()),
        max_size=8,
    )
)
def test_whatever_headers_the_client_library_writes_are_read_back(written: dict[str, object]) -> None:
    assert whole(on_the_wire(content_type="application/json", headers=written, message_id="m")) == written
