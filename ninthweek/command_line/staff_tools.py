"""Commands for staff: `queues`, `failures` and `resend`."""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

commands = typer.Typer()
failures = typer.Typer(help="What could not be handled: list, show, retry or discard it.", no_args_is_help=True)
commands.add_typer(failures, name="failures")

Data = Annotated[Path, typer.Option(help="The data folder of the `up` that is running, unless URLs are set.")]
AsJson = Annotated[bool, typer.Option("--json", help="For another program.")]
Names = Annotated[list[str], typer.Argument(help="As `failures list` names them, such as matching/12; or `all`.")]


@commands.command()
def queues(data: Data = Path("var/up"), as_json: AsJson = False) -> None:
    """Show each service's queues (depth, consumers, age, rate), its outbox, its next timer and its failures."""
    from rich.console import Console

    from ninthweek.demonstration.clock import noted_moment
    from ninthweek.settings import administrator_urls
    from ninthweek.staff_tools.queues import states
    from ninthweek.staff_tools.tables import remarks_on, tables_of

    found = asyncio.run(states(administrator_urls(data), programme_now=noted_moment(data)))
    if as_json:
        typer.echo(json.dumps([asdict(state) for state in found], default=_plain, indent=2))
        return
    console = Console()
    console.print(*tables_of(found), sep="\n")
    for line in remarks_on(found):
        console.print(line, soft_wrap=True)


@commands.command()
def resend(
    older_than: Annotated[float, typer.Option(min=0, help="Minutes since it was published.")] = 10,
    data: Data = Path("var/up"),
) -> None:
    """Send again what was published and has never been handled, as after a queue was deleted.

    What still waits in a queue would be sent twice, and handled once: look at `ninthweek queues` first.
    """
    from ninthweek.settings import administrator_urls
    from ninthweek.staff_tools.resending import send_again
    from shared.runtime.settings import RuntimeSettings

    sent = asyncio.run(
        send_again(
            administrator_urls(data), older_than=timedelta(minutes=older_than), remember=RuntimeSettings().remember
        )
    )
    for service, number in sent.items():
        typer.echo(f"{service}: {number} sent again.")


@failures.command("list")
def list_(
    state: Annotated[Literal["waiting", "retried", "discarded"], typer.Option(help="Which ones.")] = "waiting",
    data: Data = Path("var/up"),
    as_json: AsJson = False,
) -> None:
    """List the failures of all services."""
    from ninthweek.settings import administrator_urls
    from ninthweek.staff_tools.failures import list_failures
    from shared.clock import LOCAL_TIME

    found = asyncio.run(list_failures(administrator_urls(data), state=state))
    if as_json:
        typer.echo(json.dumps(found, default=_plain, indent=2))
        return
    if not found:
        typer.echo(f"No message is {state} among the failures.")
        return
    for row in found:
        last = f"{row['last_failed_at'].astimezone(LOCAL_TIME):%d %b %Y %H:%M:%S}"
        kind = row["message_type"] or "a message without a type"
        typer.echo(f"{row['name']}  {kind} from {row['source']}, attempts: {row['attempts']}, last: {last}")
        typer.echo(f"  {row['error']}")


@failures.command()
def show(name: Annotated[str, typer.Argument(help="Such as matching/12.")], data: Data = Path("var/up")) -> None:
    """Show one failure whole, with its headers and its body. The body may hold personal data."""
    from ninthweek.settings import administrator_urls
    from ninthweek.staff_tools.failures import show_failure

    failure = asyncio.run(show_failure(administrator_urls(data), name))
    body = failure.pop("body")
    typer.echo(json.dumps(failure, default=_plain, indent=2))
    typer.echo(body.decode("utf-8", "backslashreplace"))


@failures.command()
def retry(names: Names, data: Data = Path("var/up")) -> None:
    """Send failures back to the one service that failed, to be handled once; also those discarded by mistake."""
    _decide(names, data, retry=True)


@failures.command()
def discard(names: Names, data: Data = Path("var/up")) -> None:
    """Set failures aside; they stay on record."""
    _decide(names, data, retry=False)


def _decide(names: list[str], data: Path, *, retry: bool) -> None:
    from ninthweek.settings import administrator_urls
    from ninthweek.staff_tools.failures import decide, list_failures

    urls = administrator_urls(data)
    if names == ["all"]:
        names = [row["name"] for row in asyncio.run(list_failures(urls, state="waiting"))]
    word = "sent back" if retry else "discarded"
    left = [name for name in names if not asyncio.run(decide(urls, name, retry=retry))]
    typer.echo(f"{len(names) - len(left)} {word}.")
    if left:
        typer.echo(f"Decided before, and left alone: {', '.join(left)}.", err=True)
        raise SystemExit(1)


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, datetime) else str(value)
