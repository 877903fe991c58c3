"""Who may call the API, what errors look like, and when an answer is sent."""

from typing import Annotated

import pytest
from fastapi import Depends

from shared.refusals import NotAllowed
from shared.runtime import Service, Work
from shared.web import work_in
from tests.support.probe import declined, probe, publish_declined
from tests.support.running import TOKENS, RunningService, Start

InScreening = Annotated[Work, Depends(work_in("screening"), scope="function")]


def _with_routes(service: Service) -> Service:
    @service.routes.post("/probe/{project_id}")
    async def publish(project_id: str, work: InScreening) -> dict[str, str]:
        work.publish(declined(project_id))
        return {"published": project_id}

    @service.routes.post("/probe/{project_id}/conflict")
    async def conflict(project_id: str, work: InScreening) -> None:
        work.publish(declined(project_id))
        raise NotAllowed("It is too late.")

    @service.routes.post("/probe/{project_id}/fault")
    async def fault(project_id: str) -> None:
        raise ValueError(f"a secret about {project_id}")

    @service.routes.post("/probe/{project_id}/deferred")
    async def violate_at_commit(project_id: str, work: InScreening) -> dict[str, str]:
        await work.connection.execute("insert into promises (about) values ($1)", project_id)
        return {"published": project_id}

    return service


@pytest.fixture
async def screening(start: Start) -> RunningService:
    return await start(_with_routes(probe(publish_declined)))


async def test_the_events_of_a_route_are_published_once_it_is_committed(screening: RunningService) -> None:
    answer = await screening.http.post("/probe/P1")
    assert answer.json() == {"published": "P1"}
    assert await screening.published_types() == ["ProjectDeclined"]


async def test_the_commit_precedes_the_answer(screening: RunningService) -> None:
    """What fails only at the commit is not answered as done."""
    connection = screening.connection
    await connection.execute("create table facts (about text primary key)")
    await connection.execute("create table promises (about text references facts deferrable initially deferred)")
    await connection.execute("grant all on facts, promises to ninthweek_screening")
    answer = await screening.http.post("/probe/P1/deferred")
    assert answer.status_code == 500
    await connection.execute("insert into facts values ('P1')")
    assert (await screening.http.post("/probe/P1/deferred")).status_code == 200


async def test_a_request_that_is_refused_leaves_nothing_behind(screening: RunningService) -> None:
    answer = await screening.http.post("/probe/P1/conflict")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "It is too late."
    assert await screening.published_types() == []


async def test_a_fault_of_ours_is_answered_without_its_text(screening: RunningService) -> None:
    answer = await screening.http.post("/probe/P1/fault")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["title"] == "Internal Server Error"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic cDpw"}])
async def test_nobody_is_let_in_without_a_token(screening: RunningService, headers: dict[str, str]) -> None:
    del screening.http.headers["Authorization"]
    answer = await screening.http.post("/probe/P1", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert await screening.published_types() == []


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/asyncapi.json"])
async def test_health_and_contracts_are_for_all(screening: RunningService, path: str) -> None:
    del screening.http.headers["Authorization"]
    assert (await screening.http.get(path)).status_code == 200


async def test_every_answer_carries_the_headers_that_guard_it(screening: RunningService) -> None:
    for answer in (await screening.http.get("/healthz"), await screening.http.get("/nowhere")):
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_unknown_path_is_a_problem_too(screening: RunningService) -> None:
    answer = await screening.http.get("/nowhere", headers={"Authorization": f"Bearer {TOKENS['staff']}"})
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


async def test_a_method_that_a_path_does_not_have_is_answered_by_those_that_it_has(screening: RunningService) -> None:
    answer = await screening.http.get("/probe/P1")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
