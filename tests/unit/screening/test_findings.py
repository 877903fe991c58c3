"""What a reviewer should look at."""

from typing import Any

import pytest

from services.screening.rules.comments import PHRASES, suggested_comments
from services.screening.rules.findings import NAMES, SERIOUS, Host, Kind, findings
from tests.support.examples import project_submitted
from tests.unit.screening.reviews import host


def found(**changes: Any) -> list[str]:
    """The fields with a finding."""
    return [finding.field for finding in findings(project_submitted(**changes))]


def test_a_valid_project_has_no_findings() -> None:
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


def kinds(of: Host | None = None, **changes: Any) -> list[Kind]:
    return [finding.kind for finding in findings(project_submitted(**changes), of)]


@pytest.mark.parametrize(
    ("task", "named"),
    [
        ("Help with personal care on the ward", "patient care"),
        ("Administer medicines in the morning", "patient care"),
        ("Tutoring in mathematics after school", "tutoring"),
        ("Teach a class of adults", "tutoring"),
        ("Photograph the scaffolding at the quarry", "a dangerous workplace"),
        ("Check the roof at height", "a dangerous workplace"),
    ],
)
def test_work_that_the_programme_excludes_is_found_and_named(task: str, named: str) -> None:
    (finding,) = findings(project_submitted(tasks=[task]))

    assert (finding.kind, finding.field) == (Kind.EXCLUDED_WORK, "tasks")
    assert named in finding.text


@pytest.mark.parametrize(
    "task",
    [
        "Read how teachers plan a lesson",
        "Interview two nurses",
        "Build a tool for the heights of trees",
        "Mine the data",
    ],
)
def test_what_only_sounds_like_excluded_work_is_not_found(task: str) -> None:
    assert kinds(tasks=[task]) == []


def test_hazards_of_laboratory_and_field_are_found() -> None:
    (finding,) = findings(project_submitted(tasks=["Join the fieldwork", "Label the solvents"]))

    assert finding.kind is Kind.HAZARD
    assert "fieldwork, solvents" in finding.text


@pytest.mark.parametrize("status", ["commercial", " Commercial", "PLC"])
def test_a_commercial_host_for_which_students_would_produce_is_found(status: str) -> None:
    assert kinds(host(status), tasks=["Write the articles", "Rank the problems"]) == [Kind.UNPAID_PRODUCTION]


@pytest.mark.parametrize("status", ["charity", "statutory", "public", "voluntary body"])
def test_a_host_for_which_people_may_volunteer_is_not_found(status: str) -> None:
    assert kinds(host(status), tasks=["Write the articles"]) == []


def test_an_unknown_host_causes_no_finding() -> None:
    assert kinds(None, tasks=["Write the articles"]) == []


@pytest.mark.parametrize(
    ("tasks", "is_found"),
    [
        (["Observe how we write the articles", "Discuss them"], False),
        (["Write the articles", "Learn the guidance", "Rank the problems"], False),
        (["Write the articles", "Learn the guidance"], True),
        (["Makeshift repairs are shown to you"], False),
        ([], False),
    ],
)
def test_tasks_read_as_production_where_half_of_them_make_something(tasks: list[str], is_found: bool) -> None:
    assert kinds(host("commercial"), tasks=tasks) == ([Kind.UNPAID_PRODUCTION] if is_found else [])


def test_each_kind_has_a_name_and_a_phrase_for_the_host() -> None:
    assert NAMES.keys() == PHRASES.keys() == set(Kind)
    assert set(Kind) > SERIOUS


def test_comments_begin_from_one_phrase_for_each_kind_of_finding() -> None:
    found_twice = findings(project_submitted(deliverables=["Insight", "Experience"], places=9))

    assert suggested_comments(found_twice) == f"{PHRASES[Kind.NOT_TANGIBLE]}\n\n{PHRASES[Kind.LARGE_GROUP]}"
    assert suggested_comments([]) == ""
