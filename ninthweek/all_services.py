"""All services in one process, with servers of their own unless others are named: what `ninthweek up` does."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

from ninthweek.addresses import addresses
from ninthweek.command_line.welcome import sign_in_links, tokens_and_addresses, welcome
from ninthweek.demonstration.clock import noted_moment, resumed
from ninthweek.demonstration.visitors import with_most_to_do
from ninthweek.migration import migrate
from ninthweek.servers import local_servers
from ninthweek.services import NAMES, check_settings
from ninthweek.serving import serve
from ninthweek.settings import (
    AdministratorUrls,
    SettingFaulty,
    authenticator_from_environment,
    check_port,
    check_server_urls,
    forget_servers,
    keep_session_secret,
    note_servers,
)
from shared import logs
from shared.clock import Clock, system_time


def run_all(data: Path, host: str, port: int) -> None:
    """Run all services until SIGINT or SIGTERM; their data stays in the folder. Raises `SettingFaulty`."""
    check_port(host, port)
    check_server_urls()
    _make_folder(data)
    _own_servers_only_for_a_demonstration(data)
    _keep_documents_and_mails_in(data)
    keep_session_secret(data)
    os.environ.setdefault("PUBLIC_URL", f"http://{host}:{port}")
    check_settings(NAMES)
    logs.configure()
    with local_servers(data / "servers") as servers:
        urls = AdministratorUrls(servers.database_url, servers.amqp_url)
        note_servers(data, urls)
        try:
            uvloop.run(_up(urls, data, host, port))
        finally:
            forget_servers(data)


async def _up(urls: AdministratorUrls, data: Path, host: str, port: int) -> None:
    own = addresses(urls.database, urls.amqp)
    await migrate(database_url=urls.database, amqp_url=urls.amqp, service_urls=own.database)
    authenticator = authenticator_from_environment()
    is_demonstration = noted_moment(data) is not None
    people = await with_most_to_do(urls) if is_demonstration else {}
    async with _clock_of(data) as clock:

        def ready() -> None:
            rows = sign_in_links(authenticator, people, clock()) | tokens_and_addresses(authenticator, urls)
            welcome(f"http://{host}:{port}", data, rows, programme_time=clock() if is_demonstration else None)

        await serve(own, names=NAMES, authenticator=authenticator, host=host, port=port, clock=clock, ready=ready)


@asynccontextmanager
async def _clock_of(data: Path) -> AsyncIterator[Clock]:
    """The system's clock; for the data of a demonstration, one that goes on from where the demonstration stopped."""
    if (moment := noted_moment(data)) is None:
        yield system_time
        return
    async with resumed(data, moment) as clock:
        yield clock


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingFaulty(
            f"The folder {folder} cannot be made ({error.strerror}): name another with --data."
        ) from None


def _own_servers_only_for_a_demonstration(data: Path) -> None:
    """Raise `SettingFaulty` where a demonstration's clock would be used with the servers of a real programme."""
    if noted_moment(data) and (os.environ.get("DATABASE_URL") or os.environ.get("AMQP_URL")):
        raise SettingFaulty(
            f"{data} has a demonstration, with servers and a time of its own: unset DATABASE_URL and AMQP_URL, "
            "or name another folder with --data."
        )


def _keep_documents_and_mails_in(data: Path) -> None:
    """Have documents and mails kept beside the servers' data, unless a setting says otherwise."""
    os.environ.setdefault("DOCUMENTS_URL", f"file://{(data / 'documents').absolute()}")
    os.environ.setdefault("MAIL_FOLDER", str((data / "mails").absolute()))
