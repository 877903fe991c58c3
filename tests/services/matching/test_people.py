"""Matching's copies of hosts, students, projects and rounds, from events in any order."""

from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg

from services.matching import migrations, store
from shared.database.connection import prepare_codecs
from tests.services.matching.driver import Matching
from tests.support.examples import (
    ROUND,
    host_registered,
    project_submitted,
    round_scheduled,
    student_registered,
)
from tests.support.matching import DAYS, OFFERS_AT, project_approved

CLOSED_AT = datetime(2027, 5, 10, 11, tzinfo=UTC)


async def test_a_copy_keeps_the_highest_version_in_whatever_order_they_come(matching: Matching) -> None:
    await matching.receive(
        host_registered(host_version=2, organisation="Brown & Green Museum"), student_registered(student_version=2)
    )
    await matching.receive(host_registered(host_version=1), student_registered(student_version=1, name="E. Sato"))

    connection = matching.service.connection
    host = (await store.people.hosts(connection, ["H0001", "H0009"]))["H0001"]
    student = (await store.people.students(connection, ["S00001", "S00009"]))["S00001"]
    assert (host.organisation, host.city, host.contact_name) == ("Brown & Green Museum", "Oxford", "Hana Brown")
    assert (student.name, student.studies) == ("Elif Sato", "Mathematics, undergraduate, year 2")


async def test_a_project_keeps_its_newest_template_whenever_its_approval_arrives(
    matching: Matching,
) -> None:
    await matching.receive(project_submitted(revision=2, mode="remote"))
    assert await store.projects.in_full(matching.service.connection, ["P0001"]) == {}

    await matching.receive(project_approved("P0001", revision=2))
    await matching.receive(project_submitted(revision=1), project_approved("P0002"))

    projects = await store.projects.in_full(matching.service.connection, ["P0001", "P0002"])
    assert projects["P0001"].template is not None
    assert (projects["P0001"].template.mode, projects["P0001"].days) == ("remote", DAYS)
    assert projects["P0002"].template is None


async def test_a_round_is_known_with_its_calendar(matching: Matching) -> None:
    await matching.receive(round_scheduled())
    await matching.receive(round_scheduled(round_version=2, name="Trinity"))

    round_ = (await store.rounds.of_ids(matching.service.connection, [ROUND]))[ROUND]
    scheduled = round_scheduled()
    assert (round_.name, round_.opens_at, round_.closes_at) == ("Trinity", scheduled.opens_at, scheduled.closes_at)
    assert round_.rankings_due_at == scheduled.rankings_due_at
    assert [week.starts_on for week in round_.weeks] == [date(2027, 6, 21)]


async def test_a_round_from_before_migration_0002_gets_the_nearest_known_dates(test_database_url: str) -> None:
    folder = Path(migrations.__file__).parent
    connection = await asyncpg.connect(test_database_url)
    await prepare_codecs(connection)
    await connection.execute("create schema earlier; set search_path to earlier")
    await connection.execute((folder / "0001_allocation.sql").read_text())
    await connection.executemany("insert into rounds values ($1, 1, $2, 3, $2)", [("r1", OFFERS_AT), ("r2", OFFERS_AT)])
    await connection.execute("insert into closings values ('r1', 0, $1)", CLOSED_AT)
    await connection.execute("insert into projects values ('P1', 1, 'r1', 'H1', 'T', 1, '2027-06-21', '2027-06-25')")
    await connection.execute(
        "insert into rankings (project_id, received_at, application_ids) values ('P1', $1, '{}')", OFFERS_AT
    )

    async with connection.transaction():
        await connection.execute((folder / "0002_people.sql").read_text())

    rounds = await store.rounds.of_ids(connection, ["r1", "r2"])
    assert (rounds["r1"].name, rounds["r1"].opens_at, rounds["r1"].closes_at) == ("r1", CLOSED_AT, CLOSED_AT)
    assert (rounds["r2"].closes_at, rounds["r2"].rankings_due_at, rounds["r2"].weeks) == (OFFERS_AT, OFFERS_AT, ())
    assert await connection.fetchval("select not_suitable from rankings") == {}
    await connection.close()
