from datetime import date

from services.intake.rules.projects import ProjectRevision
from services.intake.rules.revisions import changes, compared_with_previous
from shared.differences import Change, Piece
from tests.support.intake import SUBMISSIONS_OPEN, a_template


def test_only_fields_that_changed_are_shown_with_what_was_there_and_what_is_new() -> None:
    before = a_template(tasks=["Read", "Write"], places=2, starts_on=date(2027, 6, 21))
    after = a_template(tasks=["Read", "Draw"], places=1, starts_on=date(2027, 6, 22))
    tasks, places, starts_on = changes(before, after)
    assert (tasks.label, tasks.is_list) == ("Tasks", True)
    assert tasks.items == (
        (Piece(Change.KEPT, "Read"),),
        (Piece(Change.REMOVED, "Write"),),
        (Piece(Change.ADDED, "Draw"),),
    )
    assert places.items == ((Piece(Change.REMOVED, "2"), Piece(Change.ADDED, "1")),)
    assert [piece.text for piece in starts_on.items[0]] == ["Monday 21 June 2027", "Tuesday 22 June 2027"]


def test_each_revision_is_compared_with_the_one_before_it_the_newest_first() -> None:
    sent = [
        ProjectRevision(
            revision=number, template=a_template(title=title), sent_at=SUBMISSIONS_OPEN, received_at=SUBMISSIONS_OPEN
        )
        for number, title in ((1, "One"), (3, "Two"), (4, "Two"))
    ]
    found = compared_with_previous(sent)
    assert [(each.revision.revision, each.before, len(each.fields)) for each in found] == [(4, 3, 0), (3, 1, 1)]
