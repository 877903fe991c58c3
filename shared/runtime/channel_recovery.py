"""How a subscriber goes on after its channel was lost, and when its queue counts as stuck.

When a channel is lost, the broker delivers again all that was not acknowledged over it, and counts a delivery of each
of these messages. One of them may be the cause: a message that the broker itself cannot send, for example. If all were
delivered together again and again, the harmless ones would reach the delivery limit along with it.

So after a loss the subscriber takes one message at a time. Then only the message at fault is counted further, until the
broker moves it to the dead letters. Once as many messages were acknowledged as may have been delivered over the lost
channel, the subscriber takes many at a time again.
"""

from dataclasses import dataclass

MOST_LOSSES = 3
"""Channels that may be lost in a row, with nothing acknowledged in between, before the queue counts as stuck."""

STABLE_AFTER = 30.0
"""Seconds. A channel that was open for longer was not lost because of what was delivered when it was opened."""


@dataclass(slots=True)
class ChannelRecovery:
    """The recent channel losses of one subscriber. All moments are of a monotonic clock, in seconds."""

    prefetch: int
    left_to_take_alone: int = 0
    """How many messages are still to be taken one at a time."""
    losses: int = 0
    """How many channels were lost in a row, with messages waiting and none acknowledged in between."""
    lost_at: float = 0.0

    def note_loss(self, now: float, *, found_waiting: int) -> None:
        """Note that a channel was lost. `found_waiting` is how many messages waited in the queue when it was opened.

        Where none waited, the loss does not count: a message of another queue broke the connection that both share.
        """
        before = self.losses if now - self.lost_at < STABLE_AFTER else 0
        self.losses = before + (found_waiting > 0)
        self.lost_at = now
        self.left_to_take_alone = self.prefetch

    def note_acknowledged(self, number: int) -> bool:
        """Note that so many messages were acknowledged; true if from now on many may be taken at a time again."""
        if not number:
            return False
        self.losses = 0
        took_alone = self.left_to_take_alone > 0
        self.left_to_take_alone = max(self.left_to_take_alone - number, 0)
        return took_alone and not self.left_to_take_alone

    def is_stuck(self, now: float) -> bool:
        """Whether the channel is lost again and again before anything is acknowledged."""
        return self.losses > MOST_LOSSES and now - self.lost_at < STABLE_AFTER
