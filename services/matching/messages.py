"""Matching's timers: the moments at which something is decided without anybody asking for it.

A round's timers hold the moment for which they were set. If that date has changed since, the timer does nothing.
"""

from pydantic import AwareDatetime

from shared.contracts.message import Timer


class OffersDue(Timer, about="round"):
    """The match is due."""

    round_id: str
    offers_at: AwareDatetime


class WaitingListEnds(Timer, about="round"):
    """The cut-off: from now on no place is offered on."""

    round_id: str
    ends_at: AwareDatetime


class SecondRoundOpens(Timer, about="round"):
    """If the second round has opened, the waiting list of the first ends, and the places that it leaves are published.

    A timer that was set for an earlier date does nothing.
    """

    round_id: str


class OfferExpires(Timer, about="application"):
    """The time to reply to an offer is over."""

    application_id: str
    round_id: str


class PlacementEnds(Timer, about="application"):
    """The last day of a placement is over."""

    application_id: str
    round_id: str
