import time

from hypothesis import given
from hypothesis import strategies as st

from shared.differences import Change, Piece, differences_in_lines, differences_in_words

TEXTS = st.text("ab \n", max_size=40)


@given(TEXTS, TEXTS)
def test_without_what_was_added_it_reads_as_before_and_without_what_was_removed_as_after(
    before: str, after: str
) -> None:
    pieces = differences_in_words(before, after)
    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == after


def test_what_is_added_at_the_end_leaves_the_words_before_it() -> None:
    assert differences_in_words("Each morning.", "Each morning. And at noon.") == [
        Piece(Change.SAME, "Each morning."),
        Piece(Change.ADDED, " And at noon."),
    ]


def test_lists_differ_item_by_item() -> None:
    assert differences_in_lines(["a", "b"], ["b", "c"]) == [
        Piece(Change.REMOVED, "a"),
        Piece(Change.SAME, "b"),
        Piece(Change.ADDED, "c"),
    ]


def test_the_longest_texts_are_compared_at_once() -> None:
    started = time.monotonic()
    differences_in_words("a " * 5_000, "b " + "a " * 4_999)
    assert time.monotonic() - started < 2
