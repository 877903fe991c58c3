"""The history checker finds what was lost, done twice, or never asked for."""

from tests.support.history import Report, judge


def test_a_history_in_which_everything_had_its_one_effect_is_clean() -> None:
    report = judge(submitted="abc", accepted="ab", refused="c")
    assert report == Report(submitted=3, accepted=2, refused=1)
    assert report.is_clean


def test_a_submission_without_an_effect_is_lost() -> None:
    assert judge(submitted="ab", accepted="a").lost == ("b",)


def test_a_submission_with_two_effects_is_duplicated() -> None:
    assert judge(submitted="a", accepted="aa").duplicated == ("a",)
    assert judge(submitted="a", accepted="a", refused="a").duplicated == ("a",)


def test_an_effect_that_nobody_asked_for_is_unexpected() -> None:
    assert judge(submitted="a", accepted="ab").unexpected == ("b",)


def test_what_was_submitted_twice_is_one_submission() -> None:
    assert judge(submitted="aa", accepted="a") == Report(submitted=1, accepted=1)


def test_reports_add_up() -> None:
    both = judge("ab", "a") + judge("c", "cc")
    assert str(both) == "submitted=3 accepted=2 refused=0 lost=1 duplicated=1 unexpected=0"
    assert not both.is_clean
