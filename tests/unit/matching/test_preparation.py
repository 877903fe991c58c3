"""What host and student do before a placement."""

from datetime import date

from services.matching.rules.preparation import Task, host_prepares, student_prepares
from tests.support.matching import DAYS


def text_of(tasks: list[Task]) -> str:
    return " ".join(f"{task.what} {task.how}" for task in tasks)


def test_the_introductory_call_is_a_week_before_the_first_day() -> None:
    assert host_prepares(DAYS, remote=False)[0].by == date(2027, 6, 14)
    assert [task.by for task in student_prepares(DAYS, remote=True) if "call" in task.what] == [date(2027, 6, 14)]


def test_expenses_and_accommodation_are_tasks_only_for_placements_on_site() -> None:
    for on_site, remote in (
        (host_prepares(DAYS, remote=False), host_prepares(DAYS, remote=True)),
        (student_prepares(DAYS, remote=False), student_prepares(DAYS, remote=True)),
    ):
        assert "lunch" in text_of(on_site)
        assert "lunch" not in text_of(remote)
    assert "college room" in text_of(student_prepares(DAYS, remote=False))
    assert "college room" not in text_of(student_prepares(DAYS, remote=True))


def test_a_host_is_told_to_check_its_insurance_wherever_the_student_works() -> None:
    assert "at your place of work" in text_of(host_prepares(DAYS, remote=False))
    assert "working from home" in text_of(host_prepares(DAYS, remote=True))
