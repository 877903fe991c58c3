"""Intake's private messages: a timer and an effect."""

from shared.contracts.fields import ApplicationId, Moment, RoundId
from shared.contracts.message import Effect, Timer


class ApplicationsClose(Timer, about="round"):
    """It is time to close applications, unless the round's closing time has been moved since."""

    round_id: RoundId
    closes_at: Moment


class CheckCV(Effect, about="application"):
    """Read the CV of this application and decide the application, unless it was decided before."""

    application_id: ApplicationId
