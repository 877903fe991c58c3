"""Refusals: exceptions that rules and actions raise where something is not done, with a text for whoever asked.

Each is mapped once to an answer: for a request to an HTTP status with problem details or a page
(`shared/web/problems.py`), and for a submission to `SubmissionRefused`.
"""

from collections.abc import Sequence

from shared.contracts.faults import Fault


class Refusal(Exception):
    """What was asked for is not done, and nothing was changed.

    `detail` says why and what to do, without personal data; `faults` names the fields at fault.
    """

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = list(faults)


class NotFound(Refusal):
    """There is no such thing, or the caller may not know of it."""


class NotAllowed(Refusal):
    """The thing is not in a state in which this can be done."""


class Invalid(Refusal):
    """Fields are at fault; all of them are named."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("Correct the fields named in `faults` and send it again.", faults)


class Unauthorized(Refusal):
    """The caller is not authenticated."""


class Forbidden(Refusal):
    """The caller may not do this."""


class TooLarge(Refusal):
    """More was sent than is accepted at once."""


class TooMany(Refusal):
    """The same was asked for too often."""


class Unavailable(Refusal):
    """Something that this needs cannot be reached; the same may be asked for again later."""
