"""What `/openapi.json` says is what the HTTP API answers, whatever it is sent: requests are made up by schemathesis."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ninthweek.demonstration.moments import Moment, Stop
from ninthweek.demonstration.playing import play_term
from ninthweek.demonstration.stage import Stage, stage_for
from ninthweek.demonstration.term import read_term
from ninthweek.serving import listening
from ninthweek.settings import AdministratorUrls
from shared.web.application import application
from shared.web.authentication import STAFF, Authenticator
from tests.journeys.terms import MadeUpTerm
from tests.support.visitors import SETTINGS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

TOKEN = "the token of staff"
AS_STAFF = {"Authorization": f"Bearer {TOKEN}"}

EXAMPLES = 16
"""Requests to each route: some that fit its schema, and some that do not; about things that there are, or are not."""

SAME_EACH_TIME = settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)

A_PLACEMENT = """
    select application_id, student_id, project_id, round_id, survey_id::text, cv::text as document_id, 1 as revision
    from matching.placements
    join intake.applications using (application_id)
    join evaluation.surveys using (application_id)
    order by application_id limit 1
"""


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


@pytest.mark.timeout(600)  # thousands of requests
async def test_no_request_meets_a_fault_of_ours_or_an_answer_that_is_not_documented(
    stage: Stage, test_database_url: str
) -> None:
    connection = await asyncpg.connect(test_database_url)
    known = dict(await connection.fetchrow(A_PLACEMENT) or {})
    await connection.close()
    async with listening(application(list(stage.replicas.values()), Authenticator({STAFF: TOKEN}, SETTINGS))) as url:
        assert await asyncio.to_thread(_wrong_answers, url, known) == []


def _wrong_answers(url: str, known: Mapping[str, Any]) -> list[str]:
    """What is wrong with the answers of each route."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    with requests.Session() as session:
        operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
        return [wrong for operation in operations for wrong in _wrong_with(operation, known, session)]


def _wrong_with(
    operation: schemathesis.APIOperation[Any, Any, Any, Any], known: Mapping[str, Any], session: requests.Session
) -> list[str]:
    about = {name: known[name] for name in re.findall(r"{(\w+)}", operation.path)}
    requests_of_each_kind = [
        operation.as_strategy(mode, path_parameters=parameters)
        for mode in schemathesis.GenerationMode
        for parameters in (None, about)[: 1 + bool(about)]
    ]

    @SAME_EACH_TIME
    @given(st.one_of(requests_of_each_kind))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(session=session, headers=AS_STAFF, checks=CHECKS)

    try:
        ask()
    except (FailureGroup, schemathesis.core.failures.Failure) as failure:
        return [f"{operation.label}: {failure}"]
    return []
