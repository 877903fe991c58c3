"""What intake says to itself."""

from shared.contracts.fields import Moment, RoundId
from shared.contracts.message import Timer


class ApplicationsClose(Timer, about="round"):
    """Applications should close now, if that is still the round's time to close."""

    round_id: RoundId
    closes_at: Moment
