"""A state in a word or two, as a page shows it, and how it looks."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["neutral", "good", "bad", "waiting", "info"]


@dataclass(frozen=True, slots=True)
class Words:
    """What a state is called; the tone is one of the looks of a page's tags."""

    label: str
    tone: Tone
