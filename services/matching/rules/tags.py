"""Tags: a state in a word or two, as a page shows it."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["neutral", "good", "bad", "waiting", "info"]


@dataclass(frozen=True, slots=True)
class Tag:
    """The name of a state, and the tone of the tag that shows it."""

    label: str
    tone: Tone
