"""Matching's timers: the moments at which something is decided that nobody asked for.

A round's timers name the moment that they were set for: where the round's dates were changed since, they do not matter.
"""

from pydantic import AwareDatetime

from shared.contracts.message import Timer


class OffersDue(Timer, about="round"):
    """The match is to be made."""

    round_id: str
    offers_at: AwareDatetime


class WaitingListEnds(Timer, about="round"):
    """The cut-off: from here on nothing is offered on."""

    round_id: str
    ends_at: AwareDatetime


class SecondRoundOpens(Timer, about="round"):
    """The first round's waiting list ends, and what that round leaves is published, if the second opens by now."""

    round_id: str


class OfferExpires(Timer, about="application"):
    """The student should have replied by now."""

    application_id: str
    round_id: str


class PlacementEnds(Timer, about="application"):
    """The placement's last day is over."""

    application_id: str
    round_id: str
