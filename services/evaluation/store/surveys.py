"""Completed placements, their surveys and the answers."""

from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from services.evaluation.rules.questions import Answers
from services.evaluation.rules.surveys import OPEN, Asked, State, Survey
from shared.contracts.evaluation import Respondent
from shared.contracts.matching import PlacementCompleted
from shared.database.connection import Connection
from shared.workflow import Step

_ASKED: Final = """
    select
        surveys_of_placements.*, projects.title, hosts.organisation, placements.starts_on, placements.ends_on,
        (select given_at from current_answers where survey_id = surveys_of_placements.survey_id) as answered_at
    from surveys_of_placements
        join placements using (application_id, round_id, project_id)
        left join projects using (project_id)
        left join hosts using (host_id)
"""


async def add_placement(connection: Connection, event: PlacementCompleted) -> None:
    await connection.execute(
        """
        insert into placements (application_id, round_id, student_id, project_id, host_id, starts_on, ends_on)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (application_id) do nothing
        """,
        event.application_id,
        event.round_id,
        event.student_id,
        event.project_id,
        event.host_id,
        event.starts_on,
        event.ends_on,
    )


async def add_survey(connection: Connection, survey: Survey) -> bool:
    """Add a survey; returns false if it was added before."""
    added = await connection.fetchval(
        """
        insert into surveys (survey_id, application_id, respondent, state, opened_at, closes_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (survey_id) do nothing
        returning true
        """,
        survey.survey_id,
        survey.application_id,
        survey.respondent,
        survey.state,
        survey.opened_at,
        survey.closes_at,
    )
    if added:
        await _add_step(connection, survey.survey_id, OPEN.step(None, at=survey.opened_at))
    return bool(added)


async def survey(connection: Connection, survey_id: UUID) -> Survey | None:
    row = await connection.fetchrow("select * from surveys_of_placements where survey_id = $1", survey_id)
    return _survey(row) if row else None


async def surveys(
    connection: Connection, *, application_id: str | None, state: State | None, round_id: str | None
) -> list[Survey]:
    """The surveys of a placement, in a state, of a round; none stands for any."""
    rows = await connection.fetch(
        """
        select * from surveys_of_placements
        where ($1::text is null or application_id = $1)
            and ($2::text is null or state = $2)
            and ($3::text is null or round_id = $3)
        order by opened_at, application_id, respondent desc
        """,
        application_id,
        state,
        round_id,
    )
    return [_survey(row) for row in rows]


async def asked(connection: Connection, survey_id: UUID) -> Asked | None:
    row = await connection.fetchrow(f"{_ASKED} where survey_id = $1", survey_id)
    return _asked(row) if row else None


async def asked_of(connection: Connection, respondent: Respondent, respondent_id: str) -> list[Asked]:
    """The surveys of a host or student; those that close first come first."""
    rows = await connection.fetch(
        f"""
        {_ASKED}
        where respondent = $1 and respondent_id = $2
        order by closes_at, application_id
        """,
        respondent,
        respondent_id,
    )
    return [_asked(row) for row in rows]


async def move(connection: Connection, survey_id: UUID, step: Step[State]) -> None:
    """Record a step of a survey, and set its state."""
    await connection.execute("update surveys set state = $2 where survey_id = $1", survey_id, step.after)
    await _add_step(connection, survey_id, step)


async def add_answers(connection: Connection, survey_id: UUID, answers: Answers, *, given_at: datetime) -> None:
    await connection.execute(
        """
        insert into answers
            (survey_id, given_at, outcome, supervision, skills_before, skills_after, network, recommend, comment)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        survey_id,
        given_at,
        answers.outcome,
        answers.supervision,
        answers.skills_before,
        answers.skills_after,
        answers.network,
        answers.recommend,
        answers.comment,
    )


async def current_answers(connection: Connection, survey_id: UUID) -> Answers | None:
    """The latest answers to a survey."""
    row = await connection.fetchrow(
        """
        select outcome, supervision, skills_before, skills_after, network, recommend, comment
        from current_answers where survey_id = $1
        """,
        survey_id,
    )
    return Answers(**row) if row else None


async def project_and_host(connection: Connection, application_id: str) -> tuple[str | None, str | None]:
    """The project's title and the host's organisation, as far as they are known."""
    row = await connection.fetchrow(
        """
        select projects.title, hosts.organisation
        from placements left join projects using (project_id) left join hosts using (host_id)
        where application_id = $1
        """,
        application_id,
    )
    return (row["title"], row["organisation"]) if row else (None, None)


async def _add_step(connection: Connection, survey_id: UUID, step: Step[State]) -> None:
    await connection.execute(
        """
        insert into survey_steps (survey_id, transition, state_before, state_after, by, at)
        values ($1, $2, $3, $4, $5, $6)
        """,
        survey_id,
        step.transition,
        step.before,
        step.after,
        step.by,
        step.at,
    )


def _survey(row: Record) -> Survey:
    return Survey(**{**row, "state": State(row["state"])})


def _asked(row: Record) -> Asked:
    facts = dict(row)
    about = {name: facts.pop(name) for name in ("title", "organisation", "starts_on", "ends_on", "answered_at")}
    return Asked(survey=Survey(**facts | {"state": State(facts["state"])}), **about)
