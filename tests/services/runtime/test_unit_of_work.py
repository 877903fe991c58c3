"""One message in, one transaction: handled once, with all that it published, or not at all."""

import asyncio

import pytest

from shared.contracts.intake import ProjectSubmitted
from shared.contracts.message import subject
from shared.contracts.screening import ProjectApproved, ProjectDeclined
from shared.runtime import NotYet, Work
from tests.support.probe import declined, probe, publish_declined, submitted, withdrawn
from tests.support.running import Start


async def test_the_events_of_a_handler_are_published_once_its_message_is_handled(start: Start) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(submitted("P1"))
    assert await screening.published(ProjectDeclined) == [declined("P1")]


async def test_what_was_published_names_its_cause_and_keeps_the_correlation(start: Start) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(submitted("P1"), identifier="the-cause")
    headers = await screening.connection.fetchval("select headers from outbox")
    assert headers["ce-causationid"] == "the-cause"
    assert headers["ce-correlationid"] == "the-cause"


async def test_a_message_seen_twice_is_handled_once(start: Start) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(submitted("P1"), identifier="same")
    await screening.receive(submitted("P1"), identifier="same")
    assert await screening.published_types() == ["ProjectDeclined"]


async def test_a_message_that_stands_twice_in_one_group_is_handled_once(start: Start) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(*[submitted("P1")] * 20, identifier="same")
    assert await screening.published_types() == ["ProjectDeclined"]


async def test_another_body_under_the_same_id_is_another_message(start: Start) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(submitted("P1"), identifier="same")
    await screening.receive(submitted("P1", title="Changed"), identifier="same")
    assert await screening.published_types() == ["ProjectDeclined", "ProjectDeclined"]


async def test_a_handler_that_fails_leaves_nothing_behind_and_is_tried_again(start: Start) -> None:
    tries = 0

    async def fail_once(event: ProjectSubmitted, work: Work) -> None:
        nonlocal tries
        tries += 1
        work.publish(declined(event.project_id))
        if tries == 1:
            raise ValueError(event.supervisor_name)

    screening = await start(probe(fail_once))
    await screening.receive(submitted("P1"))
    assert tries == 2
    assert await screening.published_types() == ["ProjectDeclined"]
    assert await screening.failures() == []


async def test_one_bad_message_in_a_group_fails_alone(start: Start) -> None:
    async def fail_for_one(event: ProjectSubmitted, work: Work) -> None:
        if event.project_id == "P7" and not failed.is_set():
            failed.set()
            raise ValueError("P7")
        await publish_declined(event, work)

    failed = asyncio.Event()
    screening = await start(probe(fail_for_one))
    await screening.receive(*(submitted(f"P{number}") for number in range(50)))
    published = [event.project_id for event in await screening.published(ProjectDeclined)]
    assert sorted(published) == sorted(f"P{number}" for number in range(50))


async def test_a_message_whose_facts_are_on_their_way_comes_back(start: Start) -> None:
    known = False

    async def wait_for_the_fact(event: ProjectSubmitted, work: Work) -> None:
        nonlocal known
        if not known:
            known = True
            raise NotYet("the fact")
        await publish_declined(event, work)

    screening = await start(probe(wait_for_the_fact))
    await screening.receive(submitted("P1"))
    assert await screening.published_types() == ["ProjectDeclined"]


async def test_a_service_cannot_publish_what_another_owns(start: Start) -> None:
    refused = asyncio.Event()

    async def publish_anothers(event: ProjectSubmitted, work: Work) -> None:
        if not refused.is_set():
            refused.set()
            work.publish(submitted("P1"))

    screening = await start(probe(publish_anothers))
    await screening.receive(submitted("P1"))
    assert await screening.published_types() == []


async def test_two_replicas_on_the_same_busy_rows_neither_deadlock_nor_do_anything_twice(start: Start) -> None:
    async def count(event: ProjectSubmitted, work: Work) -> None:
        for project in (event.project_id, event.title):
            await work.connection.execute(
                "insert into tally (project, hits) values ($1, 1)"
                " on conflict (project) do update set hits = tally.hits + 1",
                project,
            )
        await publish_declined(event, work)

    def both(event: ProjectSubmitted) -> tuple[str, ...]:
        return subject("project", event.project_id), subject("project", event.title)

    screening = await start(probe(count, changes=both), replicas=2)
    await screening.connection.execute("create table tally (project text primary key, hits integer not null)")
    await screening.connection.execute("grant all on tally to ninthweek_screening")
    events = [submitted(f"P{n % 20}", title=f"P{(n * 7 + 3) % 20}", places=n) for n in range(400)]
    await screening.receive(*events)
    assert await screening.connection.fetchval("select sum(hits) from tally") == 800
    assert len(await screening.published(ProjectDeclined)) == 400
    assert await screening.failures() == []
    assert await screening.connection.fetchval("select count(*) from waiting") == 0


async def test_two_replicas_share_the_queue(start: Start) -> None:
    screening = await start(probe(publish_declined), replicas=2)
    await screening.receive(*(submitted(f"P{number}") for number in range(200)))
    assert len(await screening.published(ProjectDeclined)) == 200


async def test_a_service_whose_handlers_are_not_those_of_its_card_does_not_start(start: Start) -> None:
    incomplete = probe(publish_declined)
    del incomplete.handlers[next(iter(incomplete.handlers))]
    with pytest.raises(TypeError, match="handlers and card differ"):
        await start(incomplete)


async def test_events_that_come_in_any_order_are_all_handled(start: Start) -> None:
    screening = await start(probe(publish_declined))
    await screening.receive(withdrawn("P1"), submitted("P1"), withdrawn("P2"))
    assert await screening.published_types() == ["ProjectDeclined"]
    assert ProjectApproved.__name__ not in await screening.published_types()
