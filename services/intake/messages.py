"""Intake's private messages: a timer and an effect."""

from shared.contracts.fields import ApplicationId, Moment, RoundId
from shared.contracts.message import Effect, Timer


class ApplicationsClose(Timer, about="round"):
    """Applications should close now, if that is still the round's time to close."""

    round_id: RoundId
    closes_at: Moment


class CheckCV(Effect, about="application"):
    """The CV of this application should be read now, and the application decided, if it is still to be."""

    application_id: ApplicationId
