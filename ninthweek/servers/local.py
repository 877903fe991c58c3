import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import rmtree

from ninthweek.servers.debian import can_install, install_rabbitmq
from ninthweek.servers.errors import ServersUnavailable
from ninthweek.servers.folder import locked
from ninthweek.servers.postgresql import LocalPostgreSQL, remove_postgresql
from ninthweek.servers.rabbitmq import LocalRabbitMQ, installed_rabbitmq
from ninthweek.servers.server import Broker, Server, Servers

_NO_BROKER = """\
There is no RabbitMQ here. Any of these will do:
  - set AMQP_URL to a broker that runs, such as amqp://user:password@127.0.0.1:5672/
  - install the package rabbitmq-server (brew install rabbitmq); its own broker need not run
  - start a container engine, such as Docker"""


@contextmanager
def local_servers(folder: Path, *, durable: bool = True, definitions: Path | None = None) -> Iterator[Servers]:
    """Both servers for this block: those that the environment names, else our own with data in `folder`.

    Data that an earlier run left in `folder` is used again, even where that run was killed. `durable=False` makes
    PostgreSQL faster, but a power cut (nothing less) may then lose data. A broker of our own loads the file
    `definitions` when it boots, and has the users in it. Raises ServersUnavailable.
    """
    with ExitStack() as ours:
        database_url, amqp_url = os.environ.get("DATABASE_URL"), os.environ.get("AMQP_URL")
        if database_url and amqp_url:
            yield Servers(database_url, amqp_url, postgresql=None, rabbitmq=None)
            return
        folder = folder.absolute()
        lock = ours.enter_context(locked(folder))
        postgresql: Server | None = None
        rabbitmq: Broker | None = None
        if not database_url:
            postgresql = LocalPostgreSQL(folder, durable=durable, held_until_gone=lock)
            ours.callback(postgresql.stop)
        if not amqp_url:
            rabbitmq = _broker(folder, lock, ours, definitions)
        _start_together(server for server in (rabbitmq, postgresql) if server is not None)
        yield Servers(
            database_url=postgresql.url if postgresql else str(database_url),
            amqp_url=rabbitmq.url if rabbitmq else str(amqp_url),
            postgresql=postgresql,
            rabbitmq=rabbitmq,
        )


def remove_servers(folder: Path) -> None:
    """Remove what the servers of an ended run left in `folder`; for root, also the folders that links in it lead to.

    Raises ServersUnavailable if a run is using it.
    """
    if folder.exists():
        with locked(folder):
            remove_postgresql(folder)
        rmtree(folder)


def _broker(folder: Path, lock: int, ours: ExitStack, definitions: Path | None) -> Broker:
    programs = installed_rabbitmq()
    if programs is None and can_install():
        programs = install_rabbitmq()
    if programs is not None:
        broker = LocalRabbitMQ(folder, programs, held_until_gone=lock, definitions=definitions)
        ours.callback(broker.stop)
        return broker
    # Only here, where nothing else is left: it takes a while to import.
    from ninthweek.servers.containers import ContainerRabbitMQ, container_engine_answers  # noqa: PLC0415

    if not container_engine_answers():
        raise ServersUnavailable(_NO_BROKER)
    container = ContainerRabbitMQ(data=folder / "rabbitmq-container", definitions=definitions)
    ours.callback(container.remove)
    return container


def _start_together(servers: Iterable[Server]) -> None:
    with ThreadPoolExecutor() as threads:
        for started in [threads.submit(server.start) for server in servers]:
            started.result()
