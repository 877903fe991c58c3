"""How a host puts its applicants into its order."""

import pytest

from services.matching.rules.orders import Order

ORDER = Order(("A", "B", "C"), {"D": "Cannot start in week 9"})


@pytest.mark.parametrize(
    ("moved", "ranked"),
    [
        (ORDER.up("B"), "BAC"),
        (ORDER.up("A"), "ABC"),
        (ORDER.down("B"), "ACB"),
        (ORDER.down("C"), "ABC"),
        (ORDER.to("C", 1), "CAB"),
        (ORDER.to("A", 3), "BCA"),
        (ORDER.to("A", 99), "BCA"),
        (ORDER.to("C", -1), "CAB"),
        (ORDER.to("E", 2), "AEBC"),
        (ORDER.last("E"), "ABCE"),
        (ORDER.last("A"), "BCA"),
        (ORDER.put_back("B"), "AC"),
        (ORDER.set_aside("B", ""), "AC"),
    ],
)
def test_a_move_changes_the_place_of_one_and_the_order_of_no_others(moved: Order, ranked: str) -> None:
    assert "".join(moved.ranked) == ranked


def test_an_applicant_is_either_ranked_or_set_aside_never_both() -> None:
    aside = ORDER.set_aside("A", "Has another placement")

    assert (aside.ranked, aside.not_suitable["A"]) == (("B", "C"), "Has another placement")
    assert aside.to("A", 1) == ORDER
    assert ORDER.last("D").not_suitable == {}
    assert ORDER.put_back("D").not_suitable == {}


def test_moving_an_unranked_applicant_up_or_down_changes_nothing() -> None:
    assert ORDER.up("D") == ORDER.down("D") == ORDER.up("E") == ORDER


def test_applicants_who_no_longer_apply_leave_the_order() -> None:
    assert ORDER.among(["C", "A", "E"]) == Order(("A", "C"))


def test_applicants_neither_ranked_nor_set_aside_are_undecided() -> None:
    assert ORDER.undecided(["E", "D", "A", "F"]) == ["E", "F"]


def test_places_are_counted_from_one() -> None:
    assert [ORDER.place_of(each) for each in "ACD"] == [1, 3, None]
