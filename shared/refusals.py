"""How the programme says no: an exception that rules and actions raise, in words for whoever asked.

Each is mapped once to what is answered: an HTTP status with problem details, or a page (`shared/web/problems.py`), and
for what came as a message, a `SubmissionRefused`.
"""

from collections.abc import Sequence

from shared.contracts.faults import Fault


class Refusal(Exception):
    """What was asked is not done, and nothing was changed.

    `detail` says why and what to do, without personal data; `faults` names the fields at fault.
    """

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = list(faults)


class NotFound(Refusal):
    """There is no such thing, or none that whoever asks may know of."""


class NotAllowed(Refusal):
    """The thing is not in a state in which this can be done."""


class Invalid(Refusal):
    """Fields are at fault; all of them are named."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("Correct the fields named in `faults` and send it again.", faults)


class Unauthorized(Refusal):
    """It is not known who asks."""


class Forbidden(Refusal):
    """Whoever asks may not do this."""


class TooLarge(Refusal):
    """What was sent is more than is taken at once."""


class TooMany(Refusal):
    """The same was asked too often."""


class Unavailable(Refusal):
    """What is needed for it is away; the same may be asked again later."""
