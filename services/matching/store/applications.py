"""Applications with their offers and placements: the state of each, and every step that led to it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.matching.rules.life import HOLDS_A_PLACE, PLACED, STANDS, Application, Change, Days, Offer, State
from shared.contracts.rounds import both_rounds
from shared.database.connection import Connection
from shared.workflow import Step

if TYPE_CHECKING:
    from asyncpg import Record


async def keep_withdrawal(connection: Connection, application_id: str, withdrawn_at: datetime) -> None:
    await connection.execute(
        "insert into withdrawn_applications (application_id, withdrawn_at) values ($1, $2) on conflict do nothing",
        application_id,
        withdrawn_at,
    )


async def withdrawn_before(connection: Connection, application_id: str, project_id: str) -> tuple[bool, bool]:
    """Whether the application, and whether its project, was withdrawn before the application arrived."""
    row = await connection.fetchrow(
        """
        select
            exists (select from withdrawn_applications where application_id = $1) as application,
            exists (select from withdrawn_projects where project_id = $2) as project
        """,
        application_id,
        project_id,
    )
    return (row["application"], row["project"]) if row else (False, False)


async def is_placed(connection: Connection, student_id: str, round_id: str) -> bool:
    """Whether the student has accepted a place in the round and has not given it up."""
    placed: bool = await connection.fetchval(
        """
        select exists (
            select from applications where student_id = $1 and round_id = $2 and state in ('confirmed', 'completed')
        )
        """,
        student_id,
        round_id,
    )
    return placed


async def add(connection: Connection, application: Application) -> bool:
    """Add an application; returns false if it is known already."""
    added = await connection.fetchval(
        """
        insert into applications
            (application_id, round_id, student_id, project_id, host_id, preference, received_at, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict do nothing
        returning true
        """,
        application.application_id,
        application.round_id,
        application.student_id,
        application.project_id,
        application.host_id,
        application.preference,
        application.received_at,
        application.state,
    )
    return bool(added)


async def find(connection: Connection, application_id: str) -> Application | None:
    row = await connection.fetchrow("select * from applications_in_full where application_id = $1", application_id)
    return application_of(row) if row else None


async def of_ids(connection: Connection, application_ids: Collection[str]) -> dict[str, Application]:
    """Those of these applications that are known, by id."""
    rows = await connection.fetch(
        "select * from applications_in_full where application_id = any($1)", list(application_ids)
    )
    return {row["application_id"]: application_of(row) for row in rows}


async def to_project(connection: Connection, project_id: str) -> list[Application]:
    """A project's applications, in the order in which they were received."""
    rows = await connection.fetch(
        "select * from applications_in_full where project_id = $1 order by received_at, application_id", project_id
    )
    return [application_of(row) for row in rows]


async def of_same_student(connection: Connection, application: Application) -> list[Application]:
    """The other applications of the same student, in this round and in the one that shares its places."""
    rows = await connection.fetch(
        """
        select * from applications_in_full
        where student_id = $1 and round_id = any($2) and application_id <> $3
        order by application_id
        """,
        application.student_id,
        list(both_rounds(application.round_id)),
        application.application_id,
    )
    return [application_of(row) for row in rows]


async def of_student(connection: Connection, student_id: str) -> list[Application]:
    """A student's applications of all rounds, by round and preference."""
    rows = await connection.fetch(
        """
        select * from applications_in_full where student_id = $1
        order by round_id, preference, received_at, application_id
        """,
        student_id,
    )
    return [application_of(row) for row in rows]


async def to_projects(connection: Connection, project_ids: Collection[str], round_id: str) -> list[Application]:
    """All applications of a round to these projects, in the order in which they were received."""
    rows = await connection.fetch(
        """
        select * from applications_in_full where project_id = any($1) and round_id = $2
        order by received_at, application_id
        """,
        list(project_ids),
        round_id,
    )
    return [application_of(row) for row in rows]


async def placed_with(connection: Connection, host_id: str) -> list[Application]:
    """A host's placements, cancelled ones too, by their first day."""
    rows = await connection.fetch(
        """
        select * from applications_in_full
        where project_id in (select project_id from projects where host_id = $1) and state = any($2)
        order by starts_on, ends_on, application_id
        """,
        host_id,
        PLACED,
    )
    return [application_of(row) for row in rows]


async def standing(connection: Connection, round_id: str) -> list[Application]:
    """All of a round's applications that stand."""
    rows = await connection.fetch(
        "select * from applications_in_full where round_id = $1 and state = any($2) order by application_id",
        round_id,
        STANDS,
    )
    return [application_of(row) for row in rows]


async def holders(connection: Connection, round_id: str, student_ids: Collection[str]) -> set[str]:
    """Those of these students who have a place or an open offer, in the round or in the one that shares its places."""
    rows = await connection.fetch(
        """
        select distinct student_id from applications
        where round_id = any($1) and student_id = any($2) and state = any($3)
        """,
        list(both_rounds(round_id)),
        list(student_ids),
        HOLDS_A_PLACE,
    )
    return {row["student_id"] for row in rows}


async def in_line(
    connection: Connection, round_id: str, *, project_ids: Collection[str], student_ids: Collection[str]
) -> list[Application]:
    """The applications to these projects, and those of these students, for which a place can be offered.

    They are ranked, they stand, and their student has neither a place nor an open offer in the round.
    """
    rows = await connection.fetch(
        """
        with nearby as materialized (
            select application_id, round_id, student_id, state, rank from applications where project_id = any($2)
            union
            select application_id, round_id, student_id, state, rank from applications where student_id = any($3)
        ), in_line as materialized (
            select application_id from nearby
            where round_id = $1
              and rank is not null
              and state = any($4)
              and not exists (
                  select from applications
                  where applications.student_id = nearby.student_id
                    and applications.round_id = $1
                    and applications.state = any($5)
              )
        )
        select * from applications_in_full
        where application_id in (select application_id from in_line)
        order by application_id
        """,
        round_id,
        list(project_ids),
        list(student_ids),
        STANDS,
        HOLDS_A_PLACE,
    )
    return [application_of(row) for row in rows]


async def with_offer(connection: Connection, round_id: str | None, states: Collection[State]) -> list[Application]:
    """The applications with an offer that are in these states, of one round or of all; the oldest offer first."""
    rows = await connection.fetch(
        """
        select * from applications_in_full
        where made_at is not null and ($1::text is null or round_id = $1) and state = any($2)
        order by made_at, application_id
        """,
        round_id,
        list(states),
    )
    return [application_of(row) for row in rows]


async def steps(connection: Connection, application_ids: Collection[str]) -> dict[str, list[Step[State]]]:
    """What happened to each of these applications, in order."""
    rows = await connection.fetch(
        "select * from application_steps where application_id = any($1) order by id", list(application_ids)
    )
    happened: dict[str, list[Step[State]]] = defaultdict(list)
    for row in rows:
        happened[row["application_id"]].append(step_of(row))
    return dict(happened)


async def record(connection: Connection, changes: Sequence[Change], cause: str) -> None:
    """Set the states that changed, and add each step to the history, with the offers and placements that result.

    `cause` is the id of the message or request that caused the changes. The first step of an application sets no state:
    its row was added with it.
    """
    await _set_states(connection, [change for change in changes if change.step.before is not None])
    await _add_steps(connection, changes, cause)
    await _add_offers(connection, [change for change in changes if change.step.after is State.OFFERED])
    await _add_placements(connection, [change for change in changes if change.step.after is State.CONFIRMED])


async def _set_states(connection: Connection, changes: Sequence[Change]) -> None:
    if not changes:
        return
    states = {change.application.application_id: change.application.state for change in changes}
    await connection.execute(
        """
        update applications set state = changed.state
        from unnest($1::text[], $2::text[]) as changed (application_id, state)
        where applications.application_id = changed.application_id
        """,
        list(states.keys()),
        list(states.values()),
    )


async def _add_steps(connection: Connection, changes: Sequence[Change], cause: str) -> None:
    if not changes:
        return
    steps = [change.step for change in changes]
    await connection.execute(
        """
        insert into application_steps
            (application_id, transition, state_before, state_after, by, at, comments, cause)
        select added.*, $8 from unnest(
            $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[]
        ) as added
        """,
        [change.application.application_id for change in changes],
        [step.transition for step in steps],
        [step.before for step in steps],
        [step.after for step in steps],
        [step.by for step in steps],
        [step.at for step in steps],
        [step.comments for step in steps],
        cause,
    )


async def _add_offers(connection: Connection, changes: Sequence[Change]) -> None:
    offers = [(change.application.application_id, change.application.offer) for change in changes]
    rows = [(identifier, offer.made_at, offer.reply_by, offer.first) for identifier, offer in offers if offer]
    if rows:
        await connection.executemany(
            "insert into offers (application_id, made_at, reply_by, first) values ($1, $2, $3, $4)", rows
        )


async def _add_placements(connection: Connection, changes: Sequence[Change]) -> None:
    days = [(change.application.application_id, change.step.at, change.application.days) for change in changes]
    rows = [(identifier, at, days.starts_on, days.ends_on) for identifier, at, days in days if days]
    if rows:
        await connection.executemany(
            "insert into placements (application_id, confirmed_at, starts_on, ends_on) values ($1, $2, $3, $4)", rows
        )


def application_of(row: "Record") -> Application:
    return Application(
        application_id=row["application_id"],
        round_id=row["round_id"],
        student_id=row["student_id"],
        project_id=row["project_id"],
        host_id=row["host_id"],
        preference=row["preference"],
        received_at=row["received_at"],
        state=State(row["state"]),
        rank=row["rank"],
        days=Days(row["starts_on"], row["ends_on"]) if row["starts_on"] else None,
        offer=Offer(row["made_at"], row["reply_by"], row["first"]) if row["made_at"] else None,
        confirmed_at=row["confirmed_at"],
    )


def step_of(row: "Record") -> Step[State]:
    return Step(
        row["transition"],
        State(row["state_before"]) if row["state_before"] else None,
        State(row["state_after"]),
        row["by"],
        row["at"],
        row["comments"],
    )
