"""A round and its second round, which gives away what the first has left: their ids tell that they belong together.

So whoever changes who holds a place knows which two rounds have it to give, whatever else has arrived of them.
"""

from typing import Final

_SECOND: Final = ".2"


def second_round(round_id: str) -> str:
    """The id of the second round of a first one: `second_round("trinity-2027") == "trinity-2027.2"`."""
    return round_id + _SECOND


def first_round(round_id: str) -> str:
    """The id of the first round: of a second round the one that it follows, of a first one its own."""
    return round_id.removesuffix(_SECOND)


def is_second_round(round_id: str) -> bool:
    return round_id.endswith(_SECOND)


def both_rounds(round_id: str) -> tuple[str, str]:
    """The ids of a first round and of its second, whether there is one or not, by the id of either."""
    first = first_round(round_id)
    return first, second_round(first)
