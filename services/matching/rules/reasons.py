"""The reason for a cancellation, or for giving a place to somebody else, as the pages ask for it."""

from typing import Final

from shared.contracts.faults import Fault

LONGEST_REASON: Final = 2_000
"""The most characters that a reason can have."""


def faults_in_reason_of_staff(reason: str) -> list[Fault]:
    if not reason:
        return [Fault(field="reason", reason="Say why: the student and the host are told.")]
    if len(reason) > LONGEST_REASON:
        return [Fault(field="reason", reason=f"Keep the reason within {LONGEST_REASON:,} characters.")]
    return []


def faults_in_reason_of_student(reason: str) -> list[Fault]:
    if not reason:
        return [Fault(field="reason", reason="Say why, so that we can help and learn from it.")]
    if len(reason) > LONGEST_REASON:
        return [Fault(field="reason", reason=f"Keep the reason within {LONGEST_REASON:,} characters.")]
    return []
