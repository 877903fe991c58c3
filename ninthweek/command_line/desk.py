"""Commands for staff: `queues`, `failures` and `resend`."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ninthweek.demonstration.clock import noted_moment
from ninthweek.desk.failures import decide, list_failures, show_failure
from ninthweek.desk.queues import ServiceState, states
from ninthweek.desk.resending import send_again
from ninthweek.settings import administrator_urls
from shared.clock import LOCAL_TIME
from shared.runtime.settings import RuntimeSettings

commands = typer.Typer()
failures = typer.Typer(help="What could not be handled: list, show, retry or discard it.", no_args_is_help=True)
commands.add_typer(failures, name="failures")

Data = Annotated[Path, typer.Option(help="The data folder of the `up` that is running, unless URLs are set.")]
AsJson = Annotated[bool, typer.Option("--json", help="For another program.")]
Names = Annotated[list[str], typer.Argument(help="As `failures list` names them, such as matching/12; or `all`.")]

ATTENTION = "bold red"
QUEUE_COLUMNS = ("service", "waiting", "consumers", "oldest", "a minute", "effects", "dead letters")
OUTBOX_COLUMNS = ("service", "unsent", "oldest", "retries", "timers", "next timer", "failures")


@commands.command()
def queues(data: Data = Path("var/up"), as_json: AsJson = False) -> None:
    """Show each service's queues (depth, consumers, age, rate), its outbox, its next timer and its failures."""
    found = asyncio.run(states(administrator_urls(data), programme_now=noted_moment(data)))
    if as_json:
        typer.echo(json.dumps([asdict(state) for state in found], default=_plain, indent=2))
        return
    console = Console()
    console.print(_table("Queues", QUEUE_COLUMNS, [_queue_cells(state) for state in found]))
    console.print(_table("Outboxes", OUTBOX_COLUMNS, [_outbox_cells(state) for state in found]))
    for line in _remarks(found):
        console.print(line, soft_wrap=True)


def _remarks(states: Sequence[ServiceState]) -> Iterable[str]:
    """What the numbers do not say by themselves."""
    if any(state.dead_letters for state in states):
        yield (
            "A running service takes its dead letters over, and `ninthweek failures list` has them then. "
            "For those that stay see docs/operating.md, Dead letters."
        )
    if any(state.policies is None for state in states):
        yield "Policies of the broker were not looked at: set AMQP_MANAGEMENT_URL."
    for state in states:
        for danger in state.policies or ():
            yield f"[{ATTENTION}]Messages may be lost.[/] {escape(danger)}."


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, justify="left" if column == "service" else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _queue_cells(state: ServiceState) -> list[str]:
    return [
        state.service,
        str(state.waiting),
        _alarming(state.consumers, state.consumers == 0),
        _age(state.oldest),
        str(state.handled_last_minute),
        str(state.effects_waiting),
        _alarming(state.dead_letters, state.dead_letters > 0),
    ]


def _outbox_cells(state: ServiceState) -> list[str]:
    return [
        state.service,
        str(state.unsent),
        _age(state.oldest_unsent),
        str(state.retries),
        str(state.timers),
        f"{state.next_timer.astimezone(LOCAL_TIME):%d %b %Y %H:%M}" if state.next_timer else "-",
        _alarming(state.failures, state.failures > 0),
    ]


def _alarming(number: int, alarm: bool) -> str:
    return f"[{ATTENTION}]{number}[/]" if alarm else str(number)


def _age(age: timedelta | None) -> str:
    if age is None:
        return "-"
    seconds = int(age.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


@commands.command()
def resend(
    older_than: Annotated[float, typer.Option(min=0, help="Minutes since it was said.")] = 10,
    data: Data = Path("var/up"),
) -> None:
    """Send again what was said and has never been handled, as after a queue was deleted.

    What still waits in a queue would be sent twice, and handled once: look at `ninthweek queues` first.
    """
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
    failure = asyncio.run(show_failure(administrator_urls(data), name))
    body = failure.pop("body")
    typer.echo(json.dumps(failure, default=_plain, indent=2))
    typer.echo(body.decode("utf-8", "backslashreplace"))


@failures.command()
def retry(names: Names, data: Data = Path("var/up")) -> None:
    """Send failures back to the one service that failed, to be handled once."""
    _decide(names, data, retry=True)


@failures.command()
def discard(names: Names, data: Data = Path("var/up")) -> None:
    """Set failures aside for good; they stay on record."""
    _decide(names, data, retry=False)


def _decide(names: list[str], data: Path, *, retry: bool) -> None:
    urls = administrator_urls(data)
    if names == ["all"]:
        names = [row["name"] for row in asyncio.run(list_failures(urls, state="waiting"))]
    word = "sent back" if retry else "discarded"
    left = [name for name in names if not asyncio.run(decide(urls, name, retry=retry))]
    typer.echo(f"{len(names) - len(left)} {word}.")
    if left:
        typer.echo(f"Not waiting, and left alone: {', '.join(left)}.", err=True)
        raise SystemExit(1)


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, datetime) else str(value)
