import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.submissions import (
    digest,
    digest_of_bytes,
    faults_in_sender,
    one_per_field,
)
from shared.contracts.faults import Fault
from shared.contracts.submissions import ApplicationForm, StudentRecord

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_the_same_content_has_the_same_digest_in_any_json_layout(content: dict[str, object]) -> None:
    backwards = dict(reversed(content.items()))
    assert digest("t", content) == digest("t", backwards)
    assert digest_of_bytes("t", json.dumps(backwards, indent=3, ensure_ascii=False).encode()) == digest("t", content)


def test_another_type_or_another_value_has_another_digest() -> None:
    assert digest("t", {"a": 1}) != digest("t", {"a": 2})
    assert digest("t", {"a": 1}) != digest("u", {"a": 1})


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{", b"[" * 100_000, b'{"a": NaN}'])
def test_bytes_that_are_not_json_have_a_digest_too(body: bytes) -> None:
    assert len(digest_of_bytes("t", body)) == 32


def fields_at_fault(sender: str, source: str, submission_type: str) -> list[str]:
    return [fault.field for fault in faults_in_sender(sender, source, submission_type)]


def test_the_source_must_be_the_sender_itself() -> None:
    assert fields_at_fault("careers-portal", "careers-portal", ApplicationForm.type) == []
    assert fields_at_fault("careers-portal", "student-records", ApplicationForm.type) == ["source"]
    assert fields_at_fault("nobody", "nobody", ApplicationForm.type) == ["source"]


def test_a_system_may_send_only_its_own_kinds() -> None:
    assert fields_at_fault("careers-portal", "careers-portal", StudentRecord.type) == ["source"]
    assert fields_at_fault("careers-portal", "careers-portal", "some.other.type") == []


def test_faults_are_merged_into_one_for_each_field() -> None:
    several = [Fault(field="a", reason="1."), Fault(field="b", reason="2."), Fault(field="a", reason="3.")]
    assert one_per_field(several) == [Fault(field="a", reason="1. 3."), Fault(field="b", reason="2.")]
