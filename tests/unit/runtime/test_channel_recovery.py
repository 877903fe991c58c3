"""What comes again after a loss is taken one at a time; a queue that gets no further is stuck."""

from shared.runtime.channel_recovery import MOST_LOSSES, STABLE_AFTER, ChannelRecovery


def test_without_a_loss_nothing_is_taken_alone() -> None:
    recovery = ChannelRecovery(prefetch=200)
    assert not recovery.note_acknowledged(100)
    assert recovery.left_to_take_alone == 0


def test_after_a_loss_as_many_are_taken_alone_as_may_have_been_delivered() -> None:
    recovery = ChannelRecovery(prefetch=3)
    recovery.note_loss(now=0, found_waiting=1)
    assert [recovery.note_acknowledged(1) for _ in range(4)] == [False, False, True, False]


def test_another_loss_begins_anew() -> None:
    recovery = ChannelRecovery(prefetch=3)
    recovery.note_loss(now=0, found_waiting=1)
    recovery.note_acknowledged(2)
    recovery.note_loss(now=1, found_waiting=1)
    assert recovery.left_to_take_alone == 3


def test_losses_in_a_row_with_nothing_acknowledged_mean_that_a_queue_is_stuck() -> None:
    recovery = ChannelRecovery(prefetch=200)
    for second in range(MOST_LOSSES):
        recovery.note_loss(now=second, found_waiting=1)
    assert not recovery.is_stuck(now=MOST_LOSSES)
    recovery.note_loss(now=MOST_LOSSES, found_waiting=1)
    assert recovery.is_stuck(now=MOST_LOSSES)


def test_what_is_acknowledged_between_losses_is_progress() -> None:
    recovery = ChannelRecovery(prefetch=200)
    for second in range(3 * MOST_LOSSES):
        recovery.note_loss(now=second, found_waiting=1)
        recovery.note_acknowledged(1)
    assert not recovery.is_stuck(now=3 * MOST_LOSSES)


def test_what_could_not_be_acknowledged_is_no_progress() -> None:
    """What was delivered over a channel that is lost is handled all the same, and comes again."""
    recovery = ChannelRecovery(prefetch=1)
    for second in range(MOST_LOSSES + 1):
        recovery.note_loss(now=second, found_waiting=1)
        assert not recovery.note_acknowledged(0)
    assert recovery.is_stuck(now=MOST_LOSSES + 1)
    assert recovery.left_to_take_alone == 1


def test_losses_far_apart_do_not_make_a_queue_stuck() -> None:
    recovery = ChannelRecovery(prefetch=200)
    for number in range(3 * MOST_LOSSES):
        recovery.note_loss(now=number * (STABLE_AFTER + 1), found_waiting=1)
    assert not recovery.is_stuck(now=3 * MOST_LOSSES * (STABLE_AFTER + 1))


def test_a_queue_that_was_stuck_is_not_once_the_channel_has_been_open_for_a_while() -> None:
    recovery = ChannelRecovery(prefetch=200)
    for _ in range(MOST_LOSSES + 1):
        recovery.note_loss(now=0, found_waiting=1)
    assert recovery.is_stuck(now=STABLE_AFTER - 1)
    assert not recovery.is_stuck(now=STABLE_AFTER)


def test_a_queue_with_nothing_in_it_gets_no_further_and_is_not_stuck() -> None:
    recovery = ChannelRecovery(prefetch=200)
    for _ in range(3 * MOST_LOSSES):
        recovery.note_loss(now=0, found_waiting=0)
    assert not recovery.is_stuck(now=0)
    assert recovery.left_to_take_alone == 200
