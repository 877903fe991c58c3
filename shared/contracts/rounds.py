"""The ids of a first round and of its second round, which offers the places that the first has left.

The id of the second is that of the first with `.2` added. So a handler that changes who has a place knows both rounds
from the id of either, whatever else has arrived about them.
"""

from typing import Final

_SECOND: Final = ".2"


def second_round(round_id: str) -> str:
    """The id of the second round of a first round: `second_round("trinity-2027") == "trinity-2027.2"`."""
    return round_id + _SECOND


def first_round(round_id: str) -> str:
    """The id of the first round, by the id of either round."""
    return round_id.removesuffix(_SECOND)


def is_second_round(round_id: str) -> bool:
    return round_id.endswith(_SECOND)


def both_rounds(round_id: str) -> tuple[str, str]:
    """The ids of the first round and of its second, which need not exist, by the id of either."""
    first = first_round(round_id)
    return first, second_round(first)
