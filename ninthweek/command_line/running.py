"""Commands that run the programme: `up`, `run`, `migrate`, `demo`."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from pydantic import ValidationError
from rich.console import Console

from ninthweek.addresses import Addresses, addresses
from ninthweek.command_line.welcome import tokens_and_places, ways_in, welcome
from ninthweek.demonstration.clock import noted_moment, resumed
from ninthweek.demonstration.moments import Moment
from ninthweek.desk.people import with_most_to_do
from ninthweek.services import NAMES, check_settings
from ninthweek.serving import serve
from ninthweek.settings import (
    AdministratorUrls,
    SettingFaulty,
    administrator_urls,
    check_server_urls,
    checked_url,
    door_from_environment,
    forget_servers,
    keep_session_secret,
    note_servers,
    variable,
)
from shared import logs
from shared.clock import Clock, system_time
from shared.servers import local_servers

commands = typer.Typer()

BUNDLED_TERM = Path(__file__).parent.parent / "demonstration" / "terms" / "trinity-2027"

Data = Annotated[Path, typer.Option(help="Where private servers, documents and mails are kept.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]


@commands.command()
def up(data: Data = Path("var/up"), host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run all services in one process, with private servers unless DATABASE_URL and AMQP_URL name others.

    Prints where they are, how to come in, and the tokens that open the HTTP API, and runs until Ctrl-C. What they know
    stays in the data folder for the next time. Mail is written there too, unless SMTP_URL is set.
    """
    logs.configure()
    _free(host, port)
    check_server_urls()
    _folder(data)
    _own_servers_only_for_a_demonstration(data)
    _keep_in(data)
    keep_session_secret(data)
    os.environ.setdefault("PUBLIC_URL", f"http://{host}:{port}")
    _check_settings(NAMES)
    with local_servers(data / "servers") as servers:
        urls = AdministratorUrls(servers.database_url, servers.amqp_url)
        note_servers(data, urls)
        try:
            uvloop.run(_up(urls, data, host, port))
        finally:
            forget_servers(data)


async def _up(urls: AdministratorUrls, data: Path, host: str, port: int) -> None:
    own = addresses(urls.database, urls.amqp)
    await _prepare(urls, own)
    door = door_from_environment()
    is_demonstration = noted_moment(data) is not None
    people = await with_most_to_do(urls) if is_demonstration else {}
    async with _clock_of(data) as clock:

        def ready() -> None:
            rows = ways_in(door, people, clock()) | tokens_and_places(door, urls)
            welcome(f"http://{host}:{port}", data, rows, programme_time=clock() if is_demonstration else None)

        await serve(own, names=NAMES, door=door, host=host, port=port, clock=clock, ready=ready)


@asynccontextmanager
async def _clock_of(data: Path) -> AsyncIterator[Clock]:
    """The system's time; for what a demonstration left, the time that it had come to, going on from there."""
    if (moment := noted_moment(data)) is None:
        yield system_time
        return
    async with resumed(data, moment) as clock:
        yield clock


@commands.command()
def run(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")],
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Run one service, in as many processes as you like.

    It reads <SERVICE>_DATABASE_URL and <SERVICE>_AMQP_URL (else DATABASE_URL and AMQP_URL), takes the tokens in
    NINTHWEEK_TOKEN (staff) and <SYSTEM>_TOKEN, and signs sessions by SESSION_SECRET. `ninthweek migrate` comes first.
    """
    logs.configure()
    if service not in NAMES:
        raise SettingFaulty(f"There is no service {service}: name one of {', '.join(NAMES)}.")
    own = addresses(os.environ.get("DATABASE_URL"), os.environ.get("AMQP_URL"))
    _check_addresses(service, own)
    if not os.environ.get("NINTHWEEK_TOKEN"):
        raise SettingFaulty("NINTHWEEK_TOKEN must be set to the token that opens the HTTP API.")
    if not os.environ.get("SESSION_SECRET"):
        raise SettingFaulty("SESSION_SECRET must be set to the secret that signs links and sessions of all services.")
    _check_settings((service,))
    _free(host, port)
    uvloop.run(serve(own, names=(service,), door=door_from_environment(), host=host, port=port))


@commands.command()
def migrate() -> None:
    """Prepare database and broker for all services: schemas, roles and tables; exchanges, queues and bindings.

    Reads DATABASE_URL and AMQP_URL, the administrator's. The role of each service is the one in its
    <SERVICE>_DATABASE_URL, else one of its own whose password is derived from the administrator's. Safe to repeat.
    With AMQP_MANAGEMENT_URL, says which policies of the broker would lose messages.
    """
    urls = administrator_urls(Path("var/up"))
    own = addresses(urls.database, urls.amqp)
    asyncio.run(_prepare(urls, own))
    typer.echo("Database and broker are ready.")
    if urls.management is None:
        typer.echo("Policies of the broker were not looked at: set AMQP_MANAGEMENT_URL.")


@commands.command()
def demo(
    term: Annotated[Path, typer.Option(help="The folder of the term's input.")] = BUNDLED_TERM,
    out: Annotated[Path, typer.Option(help="Where the results are written.")] = Path("var/demo"),
    until: Annotated[
        str | None, typer.Option(metavar="MOMENT", help=f"Stop when most is to be seen of: {', '.join(Moment)}.")
    ] = None,
) -> None:
    """Play a whole term, from the first proposal to the evaluation, over a real RabbitMQ and PostgreSQL.

    Writes summary.json, the mails and the evaluation page. With --until, leaves its servers' data instead:
    `ninthweek up --data OUT` goes on from that moment of the programme's time. Exits with 0 only if every invariant of
    a term holds and no message is left failed.
    """
    from ninthweek.demonstration.performance import play  # noqa: PLC0415 - no other command needs it, and it takes a while

    raise SystemExit(play(term, out, console=Console(), until=_moment(until)))


def _moment(name: str | None) -> Moment | None:
    if name is None:
        return None
    if name not in list(Moment):
        raise SettingFaulty(f"There is no moment {name}: name one of {', '.join(Moment)}.")
    return Moment(name)


async def _prepare(urls: AdministratorUrls, own: Addresses) -> None:
    from ninthweek.migration import migrate as prepare  # noqa: PLC0415 - few commands need Alembic, and it takes a while

    await prepare(
        database_url=urls.database, amqp_url=urls.amqp, service_urls=own.database, management_url=urls.management
    )


def _check_settings(names: tuple[str, ...]) -> None:
    try:
        check_settings(names)
    except ValidationError:
        raise
    except ValueError as error:
        raise SettingFaulty(str(error)) from None


def _check_addresses(service: str, own: Addresses) -> None:
    for what, urls, schemes in (
        ("DATABASE_URL", own.database, ("postgresql", "postgres")),
        ("AMQP_URL", own.amqp, ("amqp", "amqps")),
    ):
        if service not in urls:
            raise SettingFaulty(f"{variable(service, what)} must be set.")
        checked_url(variable(service, what), urls[service], *schemes)


def _free(host: str, port: int) -> None:
    """Raise `SettingFaulty` unless the port can be listened on, before anything else is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else "cannot be used"
            raise SettingFaulty(f"Port {port} of {host} {reason}: name another with --port.") from None


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingFaulty(
            f"The folder {folder} cannot be made ({error.strerror}): name another with --data."
        ) from None


def _own_servers_only_for_a_demonstration(data: Path) -> None:
    """Raise `SettingFaulty` where the time of a demonstration would be that of a real programme's servers."""
    if noted_moment(data) and (os.environ.get("DATABASE_URL") or os.environ.get("AMQP_URL")):
        raise SettingFaulty(
            f"{data} has a demonstration, with servers and a time of its own: unset DATABASE_URL and AMQP_URL, "
            "or name another folder with --data."
        )


def _keep_in(data: Path) -> None:
    """Documents and mails lie beside the servers' data, unless a setting says otherwise."""
    os.environ.setdefault("DOCUMENTS_URL", f"file://{(data / 'documents').absolute()}")
    os.environ.setdefault("MAIL_FOLDER", str((data / "mails").absolute()))
