"""The figures of reports, counted in the database."""

from services.evaluation.rules.report import DETRACTOR_TO, PROMOTER_FROM, Dimension, EvaluatedRound, RoundSoFar, Tally
from shared.database.connection import Connection


async def evaluated_round(connection: Connection, round_id: str) -> EvaluatedRound | None:
    """The round; none unless it was scheduled or one of its placements was completed."""
    row = await connection.fetchrow(
        """
        select
            (select name from rounds where round_id = $1) as name,
            count(*) as placements,
            min(starts_on) as first_day,
            max(ends_on) as last_day
        from placements where round_id = $1
        """,
        round_id,
    )
    if row is None or (row["name"] is None and row["placements"] == 0):
        return None
    return EvaluatedRound(**{**row, "round_id": round_id, "name": row["name"] or round_id})


async def rounds(connection: Connection) -> list[RoundSoFar]:
    """Every round that was scheduled or had a placement completed, with how many answered; the latest first."""
    rows = await connection.fetch(
        """
        select
            round_id,
            coalesce(rounds.name, round_id) as name,
            count(distinct placements.application_id) as placements,
            max(placements.ends_on) as last_day,
            count(survey_id) as asked,
            count(survey_id) filter (where state = 'closed') as closed,
            count(answered.survey_id) as answered
        from rounds
            full join placements using (round_id)
            left join surveys using (application_id)
            left join (select distinct survey_id from answers) as answered using (survey_id)
        group by round_id, rounds.name
        order by max(placements.ends_on) desc nulls first, round_id desc
        """
    )
    return [RoundSoFar(**row) for row in rows]


async def tallies(connection: Connection, round_id: str) -> list[Tally]:
    """The tallies of a round's surveys: for every dimension, group and side."""
    rows = await connection.fetch(
        """
        select
            groups.dimension,
            groups.value,
            respondent,
            count(*) as asked,
            count(*) filter (where state <> 'closed') as still_open,
            count(answers.survey_id) as answered,
            count(*) filter (where answers.comment <> '') as comments,
            coalesce(sum(outcome), 0) as outcome,
            coalesce(sum(supervision), 0) as supervision,
            coalesce(sum(skills_before), 0) as skills_before,
            coalesce(sum(skills_after), 0) as skills_after,
            coalesce(sum(network), 0) as network,
            coalesce(sum(recommend), 0) as recommend,
            count(*) filter (where recommend >= $2) as promoters,
            count(*) filter (where recommend <= $3) as detractors
        from surveys
            join placements using (application_id)
            left join current_answers as answers using (survey_id)
            left join projects using (project_id)
            left join hosts using (host_id)
            left join students using (student_id)
            cross join lateral (
                values
                    ('everyone', null),
                    ('category', projects.category),
                    ('sector', hosts.sector),
                    ('size', hosts.size),
                    ('alumni', case when hosts.alumni then 'yes' when not hosts.alumni then 'no' end),
                    ('country', hosts.country),
                    ('discipline', students.discipline),
                    ('division', students.division),
                    ('level', students.level),
                    ('domicile', students.domicile)
            ) as groups (dimension, value)
        where placements.round_id = $1
        group by groups.dimension, groups.value, respondent
        """,
        round_id,
        PROMOTER_FROM,
        DETRACTOR_TO,
    )
    return [Tally(**{**row, "dimension": Dimension(row["dimension"])}) for row in rows]
