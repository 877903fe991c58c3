"""All that happened in a round, to be checked."""

from services.matching.rules.history import Applied, Happened, RoundHistory
from services.matching.rules.life import HOLDS_A_PLACE, State
from services.matching.store import rounds
from shared.contracts.rounds import first_round
from shared.database.connection import Connection
from shared.workflow import Step


async def history_of_round(connection: Connection, round_id: str) -> RoundHistory:
    """A round with its projects, rankings, applications and all their steps; raises `LookupError` if unknown.

    The places of a second round are those that its first leaves now.
    """
    round_ = await rounds.find(connection, round_id)
    if round_ is None:
        raise LookupError(f"round {round_id} is not known")
    projects = await connection.fetch(
        """
        select project_id, places - (
            select count(*) from applications
            where applications.project_id = projects.project_id
              and applications.round_id = $1 and $1 <> $2 and state = any($3)
        ) as places
        from projects where round_id = $1
        """,
        first_round(round_id),
        round_id,
        HOLDS_A_PLACE,
    )
    rankings = await connection.fetch(
        """
        select project_id, array_agg(application_id order by rank) as application_ids
        from applications where round_id = $1 and rank is not null group by project_id
        """,
        round_id,
    )
    applications = await connection.fetch(
        """
        select application_id, student_id, project_id, preference, received_at
        from applications where round_id = $1
        """,
        round_id,
    )
    steps = await connection.fetch(
        """
        select application_steps.* from application_steps join applications using (application_id)
        where round_id = $1 order by application_steps.id
        """,
        round_id,
    )
    return RoundHistory(
        waiting_list_ends_at=round_.waiting_list_ends_at,
        places={row["project_id"]: row["places"] for row in projects},
        rankings={row["project_id"]: row["application_ids"] for row in rankings},
        applications={
            row["application_id"]: Applied(
                row["student_id"],
                row["project_id"],
                (row["preference"], row["received_at"], row["application_id"]),
            )
            for row in applications
        },
        happened=[
            Happened(
                row["application_id"],
                row["cause"],
                Step(
                    row["transition"],
                    State(row["state_before"]) if row["state_before"] else None,
                    State(row["state_after"]),
                    row["by"],
                    row["at"],
                    row["comments"],
                ),
            )
            for row in steps
        ],
    )
