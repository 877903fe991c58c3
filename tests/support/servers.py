"""The servers of a test run: started once, by the process that starts the workers, and used by all of them."""

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from ninthweek.addresses import addresses
from ninthweek.servers import Servers, ServersUnavailable, local_servers, remove_servers
from ninthweek.servers.containers import container_engine_answers, servers_in_containers
from ninthweek.services import NAMES, migrations
from shared.broker.definitions import definitions
from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES
from shared.database.preparation import prepare_schema
from tests.support.probe import NOTES

DATABASE = "NINTHWEEK_TEST_DATABASE_URL"
BROKER = "NINTHWEEK_TEST_AMQP_URL"
TEMPLATE = "ninthweek_template"
VIRTUAL_HOSTS = 16
"""One for each worker; the users and permissions of a deployment are in `/`."""


def broker_url(url: str, *, user: str = "administrator", virtual_host: str = "/") -> str:
    """The test broker's URL as this user: `administrator`, a service or an outside system."""
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    password = quote(f"the password/of:{user}", safe="")
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{address}", path="/" + quote(virtual_host, safe="")))


def write_definitions(file: Path) -> None:
    """What the broker loads when it boots: the users of a deployment, and a virtual host for each worker."""
    loaded = definitions(
        broker_url("amqp://broker"),
        {card.name: broker_url("amqp://broker", user=card.name) for card in SERVICES},
        {system.name: broker_url("amqp://broker", user=system.name) for system in OUTSIDE_SYSTEMS},
    )
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    for number in range(VIRTUAL_HOSTS):
        loaded["vhosts"].append({"name": f"worker{number}"})
        loaded["permissions"].append({"user": "administrator", "vhost": f"worker{number}", **everything})
    file.write_text(json.dumps(loaded))
    file.chmod(0o644)


@contextmanager
def servers_for_tests(folder: Path, *, kind: str) -> Iterator[None]:
    """Both servers for a test run, their URLs in the environment of the workers, and a migrated template database.

    `kind` is `private`, `containers`, or `auto`: containers where an engine answers and has the images.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "definitions.json"
    write_definitions(file)
    with ExitStack() as stack:
        stack.callback(remove_servers, folder)
        servers = stack.enter_context(_servers(folder, file, kind))
        os.environ[DATABASE], os.environ[BROKER] = servers.database_url, servers.amqp_url
        asyncio.run(_make_template(servers.database_url))
        yield


@contextmanager
def _servers(folder: Path, file: Path, kind: str) -> Iterator[Servers]:
    with ExitStack() as stack:
        servers = None
        if kind == "containers" or (kind == "auto" and container_engine_answers()):
            try:
                servers = stack.enter_context(servers_in_containers(definitions=file))
            except ServersUnavailable:
                if kind == "containers":
                    raise
        yield servers or stack.enter_context(local_servers(folder, durable=False, definitions=file))


async def _make_template(url: str) -> None:
    """The database that each worker gets a copy of."""
    administrator = await asyncpg.connect(url)
    await administrator.execute(f"drop database if exists {TEMPLATE}")
    await administrator.execute(f"create database {TEMPLATE}")
    await administrator.close()
    template = database_url(url, TEMPLATE)
    own = addresses(template, None, {}).database
    for name in NAMES:
        await prepare_schema(template, service=name, url=own[name], migrations=migrations(name))
    administrator = await asyncpg.connect(template)
    await administrator.execute(NOTES)
    await administrator.close()


def database_url(url: str, name: str) -> str:
    """The same server and user, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
