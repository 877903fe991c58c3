"""The servers that a run starts for itself: they come back, they stay apart, and they do not stay behind."""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aio_pika
import asyncpg
import psutil
import pytest

from ninthweek.servers import Server, ServersUnavailable, local, local_servers, remove_servers
from ninthweek.servers.containers import container_engine_answers, servers_in_containers

ELSEWHERE = "somebody://elsewhere.example/"

RUN = """
import sys, time
from pathlib import Path
from ninthweek.servers import local_servers

with local_servers(Path(sys.argv[1])) as servers:
    print(servers.database_url, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _no_servers_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "AMQP_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "servers"
    remove_servers(tmp_path / "servers")


def started_for(folder: Path) -> list[psutil.Process]:
    """The processes that name this folder, or what is linked from it, in their command or environment."""
    names = {str(folder), str((folder / "postgresql").resolve())}
    return [
        process
        for process in psutil.process_iter(["cmdline", "environ"])
        if process.pid != os.getpid() and any(name in word for name in names for word in words_of(process.info))
    ]


def words_of(process: dict[str, Any]) -> Iterator[str]:
    # None stands where a process of somebody else does not let us look.
    yield from process["cmdline"] or []
    yield from (process["environ"] or {}).values()


def lives(process: psutil.Process) -> bool:
    # One that has ended may stay listed until the system's first process notices.
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


async def remember(database_url: str, number: int) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("create table remembered (number int)")
    await connection.execute("insert into remembered values ($1)", number)
    await connection.close()


async def remembered(database_url: str) -> object:
    connection = await asyncpg.connect(database_url)
    number = await connection.fetchval("select number from remembered")
    await connection.close()
    return number


async def make_queue(broker: Server) -> None:
    """A queue that outlives a kill: RabbitMQ may lose one that was declared a moment before."""
    async with await aio_pika.connect(broker.url) as connection:
        await (await connection.channel()).declare_queue("kept", durable=True)
    broker.stop()
    broker.start()


async def send(amqp_url: str, body: bytes) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, routing_key="kept")


async def receive(amqp_url: str) -> bytes:
    async with await aio_pika.connect(amqp_url) as connection:
        queue = await (await connection.channel()).get_queue("kept")
        message = await queue.get()
        await message.ack()
        return message.body


async def test_killed_servers_come_back_with_their_data_on_the_same_url_and_leave_nothing_behind(folder: Path) -> None:
    with local_servers(folder, durable=False) as servers:
        assert servers.postgresql is not None
        assert servers.rabbitmq is not None
        await remember(servers.database_url, 7)
        await make_queue(servers.rabbitmq)
        await send(servers.amqp_url, b"seven")

        servers.postgresql.kill()
        servers.rabbitmq.kill()
        with pytest.raises(ConnectionRefusedError):
            await asyncpg.connect(servers.database_url)
        servers.postgresql.start()
        servers.rabbitmq.start()

        assert await remembered(servers.database_url) == 7
        assert await receive(servers.amqp_url) == b"seven"
        assert started_for(folder)
    assert not started_for(folder)


async def test_a_folder_that_an_earlier_run_left_is_used_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQP_URL", ELSEWHERE)
    with local_servers(folder) as servers:
        await remember(servers.database_url, 11)
    with local_servers(folder) as servers:
        assert await remembered(servers.database_url) == 11


async def test_when_the_run_itself_is_killed_its_servers_end_and_its_folder_can_be_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMQP_URL", ELSEWHERE)
    run = await asyncio.create_subprocess_exec(sys.executable, "-c", RUN, folder, stdout=asyncio.subprocess.PIPE)
    try:
        assert run.stdout is not None
        await remember((await run.stdout.readline()).decode().strip(), 13)
        servers_of_run = [process for process in started_for(folder) if process.pid != run.pid]
        assert servers_of_run
    finally:
        run.kill()
        await run.wait()

    with local_servers(folder) as servers:
        assert await remembered(servers.database_url) == 13
        assert not any(lives(process) for process in servers_of_run)


def test_a_folder_serves_one_run_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AMQP_URL", ELSEWHERE)
    monkeypatch.setattr("ninthweek.servers.folder._PREDECESSOR_SECONDS", 0.2)
    with local_servers(folder, durable=False), pytest.raises(ServersUnavailable, match="another run"):
        local_servers(folder).__enter__()


def test_servers_that_the_environment_names_are_taken_and_none_is_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere.example/programme")
    monkeypatch.setenv("AMQP_URL", "amqp://elsewhere.example/")
    with local_servers(folder) as servers:
        assert servers.database_url == "postgresql://elsewhere.example/programme"
        assert servers.amqp_url == "amqp://elsewhere.example/"
        assert servers.postgresql is None
        assert servers.rabbitmq is None
    assert not folder.exists()


def test_without_any_broker_the_error_names_the_three_ways_to_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "installed_rabbitmq", lambda: None)
    monkeypatch.setattr(local, "can_install", lambda: False)
    monkeypatch.setattr("ninthweek.servers.containers.container_engine_answers", lambda: False)
    with pytest.raises(ServersUnavailable) as raised, local_servers(folder):
        pass
    for way in ("AMQP_URL", "rabbitmq-server", "container engine"):
        assert way in str(raised.value)
    assert not started_for(folder)


def test_a_server_that_cannot_start_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQP_URL", ELSEWHERE)
    with local_servers(folder):
        pass
    (folder / "postgresql" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServersUnavailable, match="initialized by PostgreSQL version 9"), local_servers(folder):
        pass


@pytest.mark.skipif(not container_engine_answers(), reason="no container engine answers")
async def test_killed_containers_come_back_with_their_data_on_the_same_url() -> None:
    with servers_in_containers() as servers:
        assert servers.postgresql is not None
        assert servers.rabbitmq is not None
        await remember(servers.database_url, 17)
        await make_queue(servers.rabbitmq)
        await send(servers.amqp_url, b"seventeen")
        servers.postgresql.kill()
        servers.rabbitmq.kill()
        servers.postgresql.start()
        servers.rabbitmq.start()
        assert await remembered(servers.database_url) == 17
        assert await receive(servers.amqp_url) == b"seventeen"
