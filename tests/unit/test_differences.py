"""What changed between two texts or two lists."""

from hypothesis import given
from hypothesis import strategies as st

from shared.differences import Change, Piece, changed_items, changed_words

TEXTS = st.text("ab \n", max_size=40)


@given(TEXTS, TEXTS)
def test_without_what_was_removed_it_reads_as_after_and_without_what_was_added_has_the_words_of_before(
    before: str, after: str
) -> None:
    changed = changed_words(before, after)
    assert "".join(piece.text for piece in changed if piece.change is not Change.REMOVED) == after
    assert " ".join(piece.text for piece in changed if piece.change is not Change.ADDED).split() == before.split()


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.change.value, piece.text.strip()) for piece in changed_words(before, after)]


def test_the_words_that_changed_are_marked_where_they_stand() -> None:
    assert pieces("You will write a short guide.", "You will write a short, illustrated guide.") == [
        ("kept", "You will write a"),
        ("removed", "short"),
        ("added", "short, illustrated"),
        ("kept", "guide."),
    ]


def test_what_is_added_at_the_end_leaves_what_was_there_unmarked() -> None:
    assert pieces("It helps.", "It helps. A lot.") == [("kept", "It helps."), ("added", "A lot.")]


def test_white_space_is_no_difference() -> None:
    assert pieces("one two", "one\n\ntwo") == [("kept", "one\n\ntwo")]


def test_a_text_is_whole_again_when_its_pieces_are_joined() -> None:
    before, after = "a b  c\nd ", "b c\n\nx d"

    kept_and_added = "".join(piece.text for piece in changed_words(before, after) if piece.change is not Change.REMOVED)

    assert kept_and_added == after


def test_lists_differ_item_by_item() -> None:
    assert changed_items(["a", "b"], ["b", "c"]) == (
        (Piece(Change.REMOVED, "a"),),
        (Piece(Change.KEPT, "b"),),
        (Piece(Change.ADDED, "c"),),
    )


def test_the_longest_texts_are_compared_too() -> None:
    after = "b " + "a " * 5_000
    changed = changed_words("a " * 5_000, after)
    assert "".join(piece.text for piece in changed if piece.change is not Change.REMOVED) == after
