"""When messages are taken one at a time, and when a service that goes on losing its channel reports it.

A channel is lost with all that was delivered over it, and the broker counts a delivery of each of these messages. One
among them may be why, such as one that the broker itself cannot hand over. So what comes again is taken one at a time;
then nothing else is counted with the one at fault, until the broker puts it among the dead letters.
"""

from dataclasses import dataclass

MOST_LOSSES = 3
"""So often in a row a channel may be lost before anything is acknowledged; more often, and it is no accident."""

STABLE_AFTER = 30.0
"""Seconds; a channel that was open for longer was not lost by what was delivered at its beginning."""


@dataclass(slots=True)
class ChannelRecovery:
    """What one subscriber has lost its channels by. Moments are those of a clock that never steps."""

    prefetch: int
    left_to_take_alone: int = 0
    """So many more messages are taken one at a time: as many as may have been delivered over the lost channel."""
    losses: int = 0
    """Channels lost in a row, with nothing acknowledged between them though something waited."""
    lost_at: float = 0.0

    def note_loss(self, now: float, *, found_waiting: int) -> None:
        """Note that a channel was lost, which found so many messages waiting when it was opened.

        Where none waited, it was a message of another queue that broke the connection of both.
        """
        before = self.losses if now - self.lost_at < STABLE_AFTER else 0
        self.losses = before + (found_waiting > 0)
        self.lost_at = now
        self.left_to_take_alone = self.prefetch

    def note_acknowledged(self, number: int) -> bool:
        """Note that so many were acknowledged; whether, with them, messages are to be taken together again."""
        if not number:
            return False
        self.losses = 0
        was_cautious = self.left_to_take_alone > 0
        self.left_to_take_alone = max(self.left_to_take_alone - number, 0)
        return was_cautious and not self.left_to_take_alone

    def is_stuck(self, now: float) -> bool:
        """Whether it comes back again and again and gets no further."""
        return self.losses > MOST_LOSSES and now - self.lost_at < STABLE_AFTER
