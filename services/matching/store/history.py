"""The history of a round, for the check of it."""

from services.matching.rules.history import Applied, RecordedStep, RoundHistory
from services.matching.rules.policies import Policy
from services.matching.store import policies, rounds
from services.matching.store.applications import step_of
from shared.contracts.rounds import first_round
from shared.database.connection import Connection


async def history_of_round(connection: Connection, round_id: str) -> RoundHistory:
    """A round with its projects, rankings, applications and all their steps; raises `LookupError` if unknown.

    The history of a second round has the applications of its first round, too.
    """
    round_ = await rounds.find(connection, round_id)
    if round_ is None:
        raise LookupError(f"round {round_id} is not known")
    first = first_round(round_id)
    released = await policies.release(connection, round_id)
    projects = await connection.fetch("select project_id, places from projects where round_id = $1", first)
    rankings = await connection.fetch(
        """
        select project_id, array_agg(application_id order by rank) as application_ids
        from applications where round_id = $1 and rank is not null group by project_id
        """,
        round_id,
    )
    applications = await connection.fetch(
        """
        select application_id, round_id, student_id, project_id, preference, received_at
        from applications where round_id in ($1, $2)
        """,
        first,
        round_id,
    )
    steps = await connection.fetch(
        """
        select application_steps.* from application_steps join applications using (application_id)
        where round_id in ($1, $2) order by application_steps.id
        """,
        first,
        round_id,
    )
    return RoundHistory(
        waiting_list_ends_at=round_.waiting_list_ends_at,
        policy=released.policy if released else Policy.STABLE,
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
        steps=[RecordedStep(row["application_id"], row["cause"], step_of(row)) for row in steps],
        first_round_applications={row["application_id"] for row in applications if row["round_id"] != round_id},
    )
