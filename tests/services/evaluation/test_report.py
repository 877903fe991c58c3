"""The report of a round, made from the database."""

from typing import Any

import pytest

from services.evaluation.rules.surveys import survey_id
from tests.support.examples import (
    host_registered,
    placement_completed,
    project_submitted,
    round_scheduled,
    student_registered,
)
from tests.support.running import RunningService, Start

LEVELS = ["UG", "UG", "UG", "PGR"]
# The answers of four students: outcome, supervision, skills before and after, network, recommend. No host answers.
GIVEN = [(5, 4, 1, 4, 3, 10), (4, 4, 2, 4, 3, 9), (4, 3, 3, 4, 5, 6), (1, 1, 1, 1, 1, 0)]
FIELDS = ("outcome", "supervision", "skills_before", "skills_after", "network", "recommend")


@pytest.fixture
async def evaluation(start: Start) -> RunningService:
    return await start("evaluation")


async def complete_four_placements(evaluation: RunningService) -> None:
    """Three undergraduates and a research student, one after another at one host; all four answer."""
    for number, level in enumerate(LEVELS):
        student_id, application_id = f"S{number:05}", f"A{number:06}"
        await evaluation.receive(
            placement_completed(application_id=application_id, student_id=student_id),
            student_registered(student_id=student_id, level=level),
        )
        answered = await evaluation.http.post(
            f"/surveys/{survey_id(application_id, 'student')}/answers",
            json=dict(zip(FIELDS, GIVEN[number], strict=True)),
        )
        assert answered.status_code == 200, answered.text


async def report(evaluation: RunningService) -> dict[str, Any]:
    answer = await evaluation.http.get("/reports/trinity-2027")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def groups(result: dict[str, Any], dimension: str) -> dict[str | None, dict[str, Any]]:
    (breakdown,) = (breakdown for breakdown in result["breakdowns"] if breakdown["dimension"] == dimension)
    return {group["value"]: group for group in breakdown["groups"]}


async def test_a_report_has_the_figures_calculated_by_hand(evaluation: RunningService) -> None:
    await evaluation.receive(round_scheduled(), host_registered(), project_submitted())
    await complete_four_placements(evaluation)

    result = await report(evaluation)

    assert (result["round_name"], result["placements"]) == ("Trinity 2027", 4)
    assert (result["first_day"], result["last_day"]) == ("2027-06-21", "2027-06-25")
    assert result["student"] == {
        "asked": 4,
        "still_open": 4,
        "answered": 4,
        "response_rate": 1.0,
        "comments": 0,
        "scores": {
            "outcome": 3.5,  # 14 / 4
            "supervision": 3.0,  # 12 / 4
            "skills_before": 1.8,  # 7 / 4
            "skills_after": 3.2,  # 13 / 4
            "skills_gain": 1.5,  # 6 / 4
            "network": 3.0,  # 12 / 4
            "recommend": 6.2,  # 25 / 4
            "promoters": 50,
            "detractors": 50,
            "net_promoter": 0,
        },
    }
    assert result["host"] == {
        "asked": 4,
        "still_open": 4,
        "answered": 0,
        "response_rate": 0.0,
        "comments": 0,
        "scores": None,
    }


async def test_every_dimension_groups_by_a_fact_on_project_host_or_student(
    evaluation: RunningService,
) -> None:
    await evaluation.receive(host_registered(), project_submitted())
    await complete_four_placements(evaluation)

    result = await report(evaluation)

    assert {
        breakdown["dimension"]: list(groups(result, breakdown["dimension"])) for breakdown in result["breakdowns"]
    } == {
        "category": ["software development"],
        "sector": ["Heritage and museums"],
        "size": ["sme"],
        "alumni": ["yes"],
        "country": ["GB"],
        "discipline": ["Mathematics"],
        "division": ["Mathematical, Physical and Life Sciences"],
        "level": ["UG", "PGR"],
        "domicile": ["home"],
    }
    undergraduates, researchers = groups(result, "level").values()
    assert undergraduates["student"]["scores"]["outcome"] == 4.3  # 13 / 3
    assert undergraduates["student"]["scores"]["net_promoter"] == 33  # two promoters, one detractor, of three
    assert (researchers["student"]["answered"], researchers["student"]["scores"]) == (1, None)


async def test_the_facts_of_a_placement_may_arrive_after_it_and_the_newest_counts(evaluation: RunningService) -> None:
    await evaluation.receive(placement_completed())
    assert list(groups(await report(evaluation), "sector")) == [None]
    assert (await report(evaluation))["round_name"] == "trinity-2027"

    await evaluation.receive(host_registered(host_version=2, sector="Research"))
    await evaluation.receive(host_registered(host_version=1, sector="Law"))
    await evaluation.receive(project_submitted(revision=2, category="audit"))
    await evaluation.receive(project_submitted(revision=1))
    await evaluation.receive(student_registered(student_version=3, level="PGT"))
    await evaluation.receive(student_registered(student_version=2))
    await evaluation.receive(round_scheduled(round_version=2, name="Trinity Term 2027"))
    await evaluation.receive(round_scheduled())

    result = await report(evaluation)
    assert list(groups(result, "sector")) == ["Research"]
    assert list(groups(result, "category")) == ["audit"]
    assert list(groups(result, "level")) == ["PGT"]
    assert result["round_name"] == "Trinity Term 2027"


async def test_replaced_answers_count_once_and_as_they_are_now(evaluation: RunningService) -> None:
    await complete_four_placements(evaluation)
    await evaluation.http.post(
        f"/surveys/{survey_id('A000003', 'student')}/answers", json=dict.fromkeys(FIELDS, 5) | {"comment": "Better."}
    )

    student = (await report(evaluation))["student"]

    assert (student["answered"], student["comments"]) == (4, 1)
    assert student["scores"]["outcome"] == 4.5  # (5 + 4 + 4 + 5) / 4


async def test_the_page_of_a_report_is_html_without_the_comments(evaluation: RunningService) -> None:
    await evaluation.receive(round_scheduled(), host_registered(), project_submitted(), placement_completed())
    await evaluation.http.post(
        f"/surveys/{survey_id('A000001', 'student')}/answers",
        json=dict.fromkeys(FIELDS, 5) | {"comment": "Hana Brown was wonderful."},
    )

    page = await evaluation.http.get("/reports/trinity-2027.html")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<h1>Trinity 2027</h1>" in page.text
    assert "wonderful" not in page.text


async def test_a_round_that_is_scheduled_has_a_report_and_one_that_is_unknown_has_none(
    evaluation: RunningService,
) -> None:
    await evaluation.receive(round_scheduled())

    assert (await report(evaluation))["placements"] == 0
    assert (await evaluation.http.get("/reports/trinity-2027.html")).status_code == 200
    assert (await evaluation.http.get("/reports/hilary-2027")).status_code == 404
    assert (await evaluation.http.get("/reports/hilary-2027.html")).status_code == 404


async def test_five_thousand_placements_are_reported(evaluation: RunningService) -> None:
    await evaluation.connection.execute(
        """
        insert into hosts select 'H' || n, 1, 'An organisation', 'sector ' || n % 12, 'sme', true, 'GB'
        from generate_series(1, 500) as n;
        insert into students select 'S' || n, 1, 'discipline ' || n % 15, 'division ' || n % 4, 'UG', 'home'
        from generate_series(1, 5000) as n;
        insert into projects select 'P' || n, 1, 'A title', 'category ' || n % 9 from generate_series(1, 2000) as n;
        insert into placements
        select 'A' || n, 'trinity-2027', 'S' || n, 'P' || n % 2000 + 1, 'H' || n % 500 + 1, '2027-06-21', '2027-06-25'
        from generate_series(1, 5000) as n;
        insert into surveys
        select gen_random_uuid(), 'A' || n, side, 'answered', '2027-06-26Z', '2027-07-10Z'
        from generate_series(1, 5000) as n, unnest(array['student', 'host']) as side;
        insert into answers
            (survey_id, given_at, outcome, supervision, skills_before, skills_after, network, recommend, comment)
        select survey_id, '2027-06-27Z', 4, 4, 2, 4, 3, 9, '' from surveys;
        """
    )

    await evaluation.connection.execute("analyze")  # as the server does by itself, a while after so many rows are new

    result = await report(evaluation)

    assert (result["placements"], result["student"]["answered"], result["host"]["scores"]["outcome"]) == (
        5000,
        5000,
        4.0,
    )
    assert sum(group["host"]["asked"] for group in groups(result, "discipline").values()) == 5000
