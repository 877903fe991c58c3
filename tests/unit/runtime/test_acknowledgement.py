"""Many deliveries are acknowledged in one frame, and never one that is still to be handled."""

from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.acknowledgement import Settled


def test_deliveries_in_order_are_acknowledged_together() -> None:
    settled = Settled()
    assert settled.settle([1, 2, 3]) == (3, [])
    assert settled.settle([4]) == (4, [])


def test_those_beyond_one_that_is_still_handled_are_acknowledged_alone() -> None:
    settled = Settled()
    assert settled.settle([2, 3]) == (None, [2, 3])
    assert settled.settle([1]) == (1, [])
    assert settled.settle([4, 5]) == (5, [])


@given(st.permutations(range(1, 13)), st.lists(st.integers(1, 5), min_size=12))
def test_each_delivery_is_acknowledged_once_and_none_before_it_is_handled(order: list[int], sizes: list[int]) -> None:
    settled, outstanding, handled = Settled(), set(order), set[int]()
    while order:
        size = sizes.pop()
        group, order = order[:size], order[size:]
        handled.update(group)
        together, beyond = settled.settle(group)
        if together is not None:
            assert together in outstanding  # or the broker closes the channel
            outstanding -= set(range(1, together + 1))
        assert outstanding.issuperset(beyond)
        outstanding -= set(beyond)
        assert outstanding.isdisjoint(handled)
        assert outstanding | handled == set(range(1, 13))
    assert not outstanding
