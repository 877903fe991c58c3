"""The state of services as tables in a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from ninthweek.staff_tools.queues import ServiceState
from shared.clock import LOCAL_TIME

ATTENTION = "bold red"
QUEUE_COLUMNS = ("service", "waiting", "consumers", "oldest", "a minute", "effects", "dead letters")
OUTBOX_COLUMNS = ("service", "unsent", "oldest", "retries", "timers", "next timer", "failures")


def tables_of(services: Sequence[ServiceState]) -> tuple[Table, Table]:
    """Their queues, and their outboxes."""
    return (
        _table("Queues", QUEUE_COLUMNS, [_queue_cells(state) for state in services]),
        _table("Outboxes", OUTBOX_COLUMNS, [_outbox_cells(state) for state in services]),
    )


def remarks_on(services: Sequence[ServiceState]) -> Iterator[str]:
    """Sentences on what the numbers do not show by themselves."""
    if any(state.dead_letters for state in services):
        yield (
            "A running service adopts its dead letters, and `ninthweek failures list` has them then. "
            "For those that stay see docs/operating.md, Dead letters."
        )
    if any(state.policies is None for state in services):
        yield "Policies of the broker were not looked at: set AMQP_MANAGEMENT_URL."
    for state in services:
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
