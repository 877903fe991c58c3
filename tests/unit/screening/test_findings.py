"""What a reviewer should look at."""

from typing import Any

import pytest

from services.screening.rules.findings import findings
from tests.support.examples import project_submitted


def found(**changes: Any) -> list[str]:
    """The fields with a finding."""
    return [finding.field for finding in findings(project_submitted(**changes))]


def test_a_sound_project_has_no_findings() -> None:
    assert found() == []


def test_a_scope_of_few_words_is_vague() -> None:
    assert found(scope="Help with our archive. " * 4) == ["scope"]
    assert found(scope="one " * 20) == []


def test_supervision_without_the_supervisors_name_is_found_and_the_name_is_not_repeated() -> None:
    project = project_submitted(supervision="Somebody from the team will meet you each morning at nine.")

    (finding,) = findings(project)

    assert finding.field == "supervision"
    assert "Brown" not in finding.text


@pytest.mark.parametrize("name", ["Siân D’Souza", "Dr Łukasz D’SOUZA", "d’souza"])
def test_a_part_of_the_supervisors_name_in_any_case_is_enough(name: str) -> None:
    assert found(supervisor_name=name, supervision="A call with Prof D’Souza at the start of each day.") == []


def test_supervision_in_a_few_words_is_found() -> None:
    assert found(supervision="Hana Brown is there.") == ["supervision"]


@pytest.mark.parametrize(
    ("deliverable", "is_found"),
    [
        ("Insight into our work", True),
        ("Experience of a busy office", True),
        ("A report with insights into our visitors", False),
        ("A cleaned data set with a data dictionary", False),
        ("Three articles of 600 words", False),
    ],
)
def test_a_deliverable_that_names_no_thing_is_found(deliverable: str, is_found: bool) -> None:
    assert found(deliverables=[deliverable]) == (["deliverables"] if is_found else [])


def test_many_students_under_one_supervisor_are_found() -> None:
    assert found(places=6) == []
    assert found(places=7) == ["places"]


def test_work_with_people_who_need_safeguarding_is_found_by_its_words() -> None:
    project = project_submitted(tasks=["Read stories to Children", "Sit with patients", "Play with children"])

    (finding,) = findings(project)

    assert "children, patients" in finding.text
