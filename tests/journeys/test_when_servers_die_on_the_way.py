"""A term during which broker and database die and come back ends as if nothing had happened."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ninthweek.demonstration.checks import what_is_wrong
from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.outcome import outcome_of
from ninthweek.demonstration.playing import play_term
from ninthweek.demonstration.stage import stage_for
from ninthweek.demonstration.term import read_term
from ninthweek.servers import Servers, local_servers, remove_servers
from ninthweek.settings import AdministratorUrls
from shared.runtime.outgoing import Outgoing
from tests.journeys.terms import MadeUpTerm

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    """Servers of this test's own, and folders for what is kept outside them."""
    for name in ("DATABASE_URL", "AMQP_URL", "SMTP_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAIL_FOLDER", str(tmp_path / "mails"))
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "documents").as_uri())
    with local_servers(tmp_path / "servers", durable=False) as servers:
        yield servers
    remove_servers(tmp_path / "servers")


async def test_broker_and_database_die_on_the_way(servers: Servers, tmp_path: Path) -> None:
    term = read_term(MadeUpTerm(seed=5, students=40).write(tmp_path / "term"))
    broker, database = servers.rabbitmq, servers.postgresql
    assert broker is not None
    assert database is not None
    async with stage_for(term, AdministratorUrls(servers.database_url, servers.amqp_url)) as stage:
        # In this order, since RabbitMQ 3.10 loses a quorum queue if it is killed within its first seconds.
        deaths = asyncio.gather(
            _after(80, stage.chronicle, database.kill, database.start),
            _after(160, stage.chronicle, broker.stop, broker.start),
            _after(320, stage.chronicle, broker.kill, database.kill, database.start, broker.start),
        )
        await play_term(term, stage, lambda: None)
        await asyncio.wait_for(deaths, timeout=1)
        assert await what_is_wrong(term, stage, outcome_of(stage.chronicle)) == []


async def _after(events: int, chronicle: Chronicle, *actions: Callable[[], None]) -> None:
    """Do this in another thread once so many events were published, whatever is in progress then."""
    reached = asyncio.Event()
    publishing = chronicle.publishing

    def watched(service: str, outgoing: Outgoing) -> None:
        publishing(service, outgoing)
        if chronicle.counts.total() >= events:
            reached.set()

    chronicle.publishing = watched  # type: ignore[method-assign]
    await reached.wait()
    for action in actions:
        await asyncio.to_thread(action)
