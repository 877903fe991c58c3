"""Commands that run the programme: `up`, `run`, `migrate`, `demo`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()

BUNDLED_TERM = Path(__file__).parent.parent / "demonstration" / "terms" / "trinity-2027"

Data = Annotated[Path, typer.Option(help="Where private servers, documents and mails are kept.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]


@commands.command()
def up(data: Data = Path("var/up"), host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run all services in one process, with private servers unless DATABASE_URL and AMQP_URL name others.

    Prints their address, links to sign in by and the tokens of the HTTP API, and runs until Ctrl-C. All data stays in
    the data folder for the next run. Mail is written there too, unless SMTP_URL is set.
    """
    from ninthweek.all_services import run_all

    run_all(data, host, port)


@commands.command()
def run(
    service: Annotated[str, typer.Argument(help="One of intake, screening, matching, notifications, evaluation.")],
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Run one service, in as many processes as you like.

    It reads <SERVICE>_DATABASE_URL and <SERVICE>_AMQP_URL (else DATABASE_URL and AMQP_URL), takes the tokens in
    NINTHWEEK_TOKEN (staff) and <SYSTEM>_TOKEN, and signs sessions by SESSION_SECRET. `ninthweek migrate` comes first.
    """
    leave_out_what_a_service_does_not_use()
    from ninthweek.one_service import run_one

    run_one(service, host, port)


def leave_out_what_a_service_does_not_use() -> None:
    """Keep packages out of memory that other packages import wherever they are installed.

    structlog imports rich and greenlet (5 MB), FastAPI pydantic's version 1 (2 MB).
    """
    unused = dict.fromkeys(("rich", "greenlet", "pydantic.v1"))
    sys.modules.update(unused)  # type: ignore[arg-type]  # None is how Python is told that there is no such module
    import structlog  # noqa: F401

    for name in ("rich", "greenlet"):  # other modules may need them
        del sys.modules[name]


@commands.command()
def migrate() -> None:
    """Prepare database and broker for all services: schemas, roles and tables; exchanges, queues and bindings.

    Reads DATABASE_URL and AMQP_URL, the administrator's. The role of each service is the one in its
    <SERVICE>_DATABASE_URL, else one of its own whose password is derived from the administrator's. Safe to repeat.
    With AMQP_MANAGEMENT_URL, names the policies of the broker that would lose messages.
    """
    import asyncio

    from ninthweek.addresses import addresses
    from ninthweek.migration import migrate as prepare
    from ninthweek.settings import administrator_urls

    urls = administrator_urls(Path("var/up"))
    own = addresses(urls.database, urls.amqp)
    asyncio.run(
        prepare(
            database_url=urls.database, amqp_url=urls.amqp, service_urls=own.database, management_url=urls.management
        )
    )
    typer.echo("Database and broker are ready.")
    if urls.management is None:
        typer.echo("Policies of the broker were not looked at: set AMQP_MANAGEMENT_URL.")


@commands.command()
def demo(
    term: Annotated[Path, typer.Option(help="The folder of the term's input.")] = BUNDLED_TERM,
    out: Annotated[Path, typer.Option(help="Where the results are written.")] = Path("var/demo"),
    until: Annotated[
        str | None,
        typer.Option(
            metavar="MOMENT",
            help="Stop where there is most to see of: screening, applications, rankings, offers, placements, surveys.",
        ),
    ] = None,
) -> None:
    """Play a whole term, from the first proposal to the evaluation, over a real RabbitMQ and PostgreSQL.

    Writes summary.json, the mails and the evaluation page. With --until, leaves its servers' data instead:
    `ninthweek up --data OUT` goes on from that moment of the programme's time. Exits with 0 only if every invariant of
    a term holds and no message is left among the failures.
    """
    from rich.console import Console

    from ninthweek.demonstration.moments import moment_named
    from ninthweek.demonstration.performance import play

    raise SystemExit(play(term, out, console=Console(), until=moment_named(until)))
