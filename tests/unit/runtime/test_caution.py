"""What comes again after a loss is taken one at a time; a queue that gets no further is stuck."""

from shared.runtime.caution import CALM_AFTER, FEW, Caution


def test_without_a_loss_nothing_is_taken_alone() -> None:
    caution = Caution(prefetch=200)
    assert not caution.acknowledged(100)
    assert caution.to_take_alone == 0


def test_after_a_loss_as_many_are_taken_alone_as_may_have_been_delivered() -> None:
    caution = Caution(prefetch=3)
    caution.lost(now=0, found_waiting=1)
    assert [caution.acknowledged(1) for _ in range(4)] == [False, False, True, False]


def test_another_loss_begins_anew() -> None:
    caution = Caution(prefetch=3)
    caution.lost(now=0, found_waiting=1)
    caution.acknowledged(2)
    caution.lost(now=1, found_waiting=1)
    assert caution.to_take_alone == 3


def test_losses_in_a_row_with_nothing_acknowledged_mean_that_a_queue_is_stuck() -> None:
    caution = Caution(prefetch=200)
    for second in range(FEW):
        caution.lost(now=second, found_waiting=1)
    assert not caution.is_stuck(now=FEW)
    caution.lost(now=FEW, found_waiting=1)
    assert caution.is_stuck(now=FEW)


def test_what_is_acknowledged_between_losses_is_progress() -> None:
    caution = Caution(prefetch=200)
    for second in range(3 * FEW):
        caution.lost(now=second, found_waiting=1)
        caution.acknowledged(1)
    assert not caution.is_stuck(now=3 * FEW)


def test_what_could_not_be_acknowledged_is_no_progress() -> None:
    """What was delivered over a channel that is lost is handled all the same, and comes again."""
    caution = Caution(prefetch=1)
    for second in range(FEW + 1):
        caution.lost(now=second, found_waiting=1)
        assert not caution.acknowledged(0)
    assert caution.is_stuck(now=FEW + 1)
    assert caution.to_take_alone == 1


def test_losses_far_apart_do_not_make_a_queue_stuck() -> None:
    caution = Caution(prefetch=200)
    for number in range(3 * FEW):
        caution.lost(now=number * (CALM_AFTER + 1), found_waiting=1)
    assert not caution.is_stuck(now=3 * FEW * (CALM_AFTER + 1))


def test_a_queue_that_was_stuck_is_not_once_the_channel_has_been_open_for_a_while() -> None:
    caution = Caution(prefetch=200)
    for _ in range(FEW + 1):
        caution.lost(now=0, found_waiting=1)
    assert caution.is_stuck(now=CALM_AFTER - 1)
    assert not caution.is_stuck(now=CALM_AFTER)


def test_a_queue_with_nothing_in_it_gets_no_further_and_is_not_stuck() -> None:
    caution = Caution(prefetch=200)
    for _ in range(3 * FEW):
        caution.lost(now=0, found_waiting=0)
    assert not caution.is_stuck(now=0)
    assert caution.to_take_alone == 200
