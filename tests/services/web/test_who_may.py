"""Every kind of visitor asks every route of every service; the answers are compared with the table of who may."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from fastapi.routing import RouteContext, iter_route_contexts

from ninthweek.demonstration.moments import Moment, Stop
from ninthweek.demonstration.playing import play_term
from ninthweek.demonstration.stage import Stage, stage_for
from ninthweek.demonstration.term import read_term
from ninthweek.services import NAMES, load
from ninthweek.settings import AdministratorUrls
from shared.identifiers import new_id
from shared.web.application import application, routes_of
from shared.web.authentication import Authenticator
from shared.web.callers import Role
from shared.web.limits import RateLimiter
from shared.web.links import staff_link_url
from shared.web.sessions import Session, cookie_name
from tests.journeys.terms import MadeUpTerm
from tests.services.web.who_may import WHO_MAY
from tests.services.web.who_may.visitors import Visitor
from tests.support.visitors import SETTINGS, SITE, enter_path, host, link, session_cookie, staff, student

LET_IN = {200, 201, 303, 400, 409, 422}
"""The visitor was let in; what then becomes of an empty request is another matter."""
TURNED_AWAY = {401, 403, 404}

CONNECTED = """
    select application_id, student_id, project_id, host_id, round_id
    from matching.applications where state = 'completed' order by application_id limit 1
"""

A_DRAFT = """
    insert into intake.drafts (draft_id, host_id, project_id, revision, content, version, saves, saved_at)
    values ($1::uuid, $2, 'P-' || $1::uuid, 1, '{}', 1, '{}', now()) returning draft_id
"""

A_RULE = """
    with maker as (insert into screening.staff (staff_id, name, may_review) values ('quinn', 'Quinn', true))
    insert into screening.approval_rules
        (host_id, corrections_only, without, round_id, reason, made_by, made_at)
    values ($1, false, '{}', $2, 'Known well.', 'quinn', now()) returning rule_id
"""


def _routes() -> dict[str, RouteContext]:
    """Every route there is, by method and path; `HEAD` and `OPTIONS` are the framework's."""
    return {
        f"{method} {route.path}": route
        for route in iter_route_contexts(routes_of(tuple(load(name) for name in NAMES)).routes)
        for method in (route.methods or ())
        if method not in {"HEAD", "OPTIONS"}
    }


ROUTES = _routes()


def test_every_route_is_in_the_table() -> None:
    """`/readyz` is added to what runs."""
    assert sorted(ROUTES.keys() - WHO_MAY.keys()) == []
    assert sorted(WHO_MAY.keys() - ROUTES.keys() - {"GET /readyz"}) == []


@pytest.fixture
async def stage(
    test_database_url: str, amqp_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """A small term in the midst of its last week: there is something of everything."""
    monkeypatch.setenv("MAIL_FOLDER", str(tmp_path))
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "documents").as_uri())
    term = read_term(MadeUpTerm(seed=4, students=24).write(tmp_path / "term"))
    last_week = max(week.starts_on for week in term.calendar.weeks)
    stop = Stop(Moment.SURVEYS, datetime.combine(last_week + timedelta(days=2), time(12), UTC))
    async with stage_for(term, AdministratorUrls(test_database_url, amqp_url)) as played:
        await play_term(term, played, lambda: None, stop)
        yield played


async def test_every_route_lets_in_whom_the_table_names_and_nobody_else(stage: Stage, test_database_url: str) -> None:
    app = application(list(stage.replicas.values()), Authenticator({}, SETTINGS))
    connection = await asyncpg.connect(test_database_url)
    things = await _things(connection)
    sessions = await _sessions(connection, things)
    await connection.close()
    wrong = []
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=SITE, headers={"Origin": SITE}
    ) as client:
        # What changes something comes last: what is read is then still there.
        for name in sorted(WHO_MAY, key=lambda name: (not name.startswith("GET"), name)):
            for visitor in Visitor:
                app.state["limiter"] = RateLimiter()
                status = await _ask(client, name, sessions[visitor], things)
                if (visitor in WHO_MAY[name]) != (status in LET_IN) or status not in LET_IN | TURNED_AWAY:
                    wrong.append(f"{name} answers {visitor} with {status}")
    assert wrong == []


async def _ask(client: httpx.AsyncClient, name: str, session: Session | None, things: Mapping[str, str]) -> int:
    method, path = name.split(" ")
    client.cookies.clear()
    if session:
        client.cookies.set(cookie_name(SETTINGS), session_cookie(session))
    path = re.sub(r"\{(\w+)\}", lambda match: _thing(match[1], path, things), path)
    if method == "GET":
        return (await client.get(path)).status_code
    in_schema = bool(ROUTES[name].include_in_schema)
    answer = await client.request(method, path, json={} if in_schema else None, data=None if in_schema else {})
    return answer.status_code


def _thing(parameter: str, path: str, things: Mapping[str, str]) -> str:
    """What stands for a parameter of a path: a survey is the host's or the student's."""
    if parameter == "token":
        return _token(path)
    side = path.split("/")[1]
    return things.get(f"{side} {parameter}") or things[parameter]


async def _things(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, str]:
    """An id of everything that routes are about: all belong to the one student and the one host."""
    ids = dict(await connection.fetchrow(CONNECTED) or {})
    surveys = await connection.fetch(
        "select respondent, survey_id from evaluation.surveys where application_id = $1", ids["application_id"]
    )
    cv = await connection.fetchval(
        "select cv from intake.applications where application_id = $1", ids["application_id"]
    )
    draft_id = await connection.fetchval(A_DRAFT, new_id(), ids["host_id"])
    rule_id = await connection.fetchval(A_RULE, ids["host_id"], ids["round_id"])
    return {
        **ids,
        "rule_id": str(rule_id),
        "draft_id": str(draft_id),
        "step": "work",
        **{f"{row['respondent']} survey_id": str(row["survey_id"]) for row in surveys},
        "survey_id": str(surveys[0]["survey_id"]),
        "document_id": str(cv),
        "revision": "1",
        "policy": "stable",
        "name": "ninthweek.css",
        "slug": "technology",
        "kind": "host",
        "person_id": str(ids["host_id"]),
    }


def _token(path: str) -> str:
    """One that opens; those of staff open once."""
    url = (
        staff_link_url(Role.VIEWER, SETTINGS, who="ada")
        if path.startswith("/staff")
        else enter_path(link("host", "H0"))
    )
    return url.rpartition("/")[2]


async def _sessions(
    connection: "asyncpg.Connection[asyncpg.Record]", things: Mapping[str, str]
) -> dict[Visitor, Session | None]:
    another_host = await connection.fetchval(
        "select host_id from intake.hosts where host_id <> $1 order by host_id limit 1", things["host_id"]
    )
    another_student = await connection.fetchval(
        "select student_id from intake.students where student_id <> $1 order by student_id limit 1",
        things["student_id"],
    )
    return {
        Visitor.NOBODY: None,
        Visitor.STUDENT: student(things["student_id"]),
        Visitor.ANOTHER_STUDENT: student(another_student),
        Visitor.HOST: host(things["host_id"]),
        Visitor.ANOTHER_HOST: host(another_host),
        Visitor.VIEWER: staff(Role.VIEWER),
        Visitor.REVIEWER: staff(Role.REVIEWER),
        Visitor.STAFF: staff(Role.STAFF),
    }
