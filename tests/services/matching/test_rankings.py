"""Rankings over HTTP."""

from typing import Any

import httpx
import pytest

from shared.contracts.matching import RankingReceived
from tests.services.matching.driver import Matching
from tests.support.examples import project_withdrawn, round_scheduled
from tests.support.matching import OFFERS_AT, application_received, application_withdrawn, project_approved
from tests.support.running import TOKENS


@pytest.fixture(autouse=True)
async def two_projects(matching: Matching) -> None:
    await matching.receive(round_scheduled(), project_approved("P1", places=2), project_approved("P2"))
    await matching.receive(
        application_received("S1", "P1"),
        application_received("S2", "P1", received_at=OFFERS_AT),
        application_received("S3", "P1"),
        application_received("S1", "P2", 2),
    )


def faulty_fields(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [fault["field"] for fault in answer.json()["faults"]]


async def test_a_host_sees_its_applicants_in_the_order_of_receipt_and_not_what_they_prefer(matching: Matching) -> None:
    shown: dict[str, Any] = await matching.get("/rankings/P1")

    assert [applicant["application_id"] for applicant in shown["applicants"]] == ["S1-P1", "S3-P1", "S2-P1"]
    assert set(shown["applicants"][0]) == {"application_id", "student_id", "received_at"}
    assert (shown["project_id"], shown["host_id"], shown["places"]) == ("P1", "H-P1", 2)
    assert (shown["application_ids"], shown["received_at"]) == ([], None)


async def test_a_ranking_is_kept_and_published(matching: Matching) -> None:
    answer = await matching.rank("P1", ["S2-P1", "S1-P1"])

    assert answer.json()["application_ids"] == ["S2-P1", "S1-P1"]
    assert await matching.get("/rankings/P1") == answer.json()
    (published,) = await matching.service.published(RankingReceived)
    assert (published.project_id, published.round_id, published.host_id) == ("P1", "trinity-2027", "H-P1")
    assert published.application_ids == ["S2-P1", "S1-P1"]


async def test_a_later_ranking_takes_the_place_of_an_earlier_one(matching: Matching) -> None:
    await matching.rank("P1", ["S2-P1", "S1-P1"])
    await matching.rank("P1", ["S3-P1", "S2-P1"])

    assert (await matching.get("/rankings/P1"))["application_ids"] == ["S3-P1", "S2-P1"]
    rows = await matching.service.connection.fetch("select application_id, rank from applications")
    assert {row["application_id"]: row["rank"] for row in rows} == {
        "S3-P1": 1,
        "S2-P1": 2,
        "S1-P1": None,
        "S1-P2": None,
    }
    assert await matching.service.connection.fetchval("select count(*) from rankings") == 2


async def test_the_same_ranking_again_is_answered_the_same_and_published_once(matching: Matching) -> None:
    first = await matching.rank("P1", ["S2-P1", "S1-P1"])
    again = await matching.rank("P1", ["S2-P1", "S1-P1"])

    assert again.json() == first.json()
    assert len(await matching.service.published(RankingReceived)) == 1


async def test_all_faults_of_a_ranking_are_reported_and_nothing_is_kept(matching: Matching) -> None:
    await matching.receive(application_withdrawn("S3", "P1"))

    answer = await matching.rank("P1", ["S1-P1", "S9-P1", "S1-P2", "S3-P1", "S1-P1"])

    assert faulty_fields(answer) == [f"application_ids.{place}" for place in (1, 2, 3, 4)]
    assert (await matching.get("/rankings/P1"))["application_ids"] == []


async def test_a_malformed_id_is_reported_by_its_position(matching: Matching) -> None:
    assert faulty_fields(await matching.rank("P1", ["S1-P1", "no id!"])) == ["application_ids.1"]


async def test_an_application_withdrawn_after_it_was_ranked_leaves_the_ranking(matching: Matching) -> None:
    await matching.rank("P1", ["S3-P1", "S1-P1"])
    await matching.receive(application_withdrawn("S3", "P1"))

    shown = await matching.get("/rankings/P1")

    assert shown["application_ids"] == ["S1-P1"]
    assert [applicant["application_id"] for applicant in shown["applicants"]] == ["S1-P1", "S2-P1"]


async def test_an_unknown_project_has_no_ranking(matching: Matching) -> None:
    assert (await matching.rank("P9", [])).status_code == 404
    assert (await matching.service.http.get("/rankings/P9")).status_code == 404


async def test_a_withdrawn_project_takes_no_ranking(matching: Matching) -> None:
    await matching.receive(project_withdrawn(project_id="P1"))

    assert (await matching.rank("P1", ["S1-P1"])).status_code == 409


async def test_only_staff_may_rank(matching: Matching) -> None:
    for token, status in (("", 401), (f"Bearer {TOKENS['careers-portal']}", 403)):
        answer = await matching.service.http.get("/rankings/P1", headers={"Authorization": token})
        assert answer.status_code == status
