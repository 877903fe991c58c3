"""Shows how far a term is: a panel that changes in a terminal, else a line at each new phase."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.moments import Stop
from ninthweek.demonstration.outcome import Summary
from ninthweek.demonstration.phases import Phase, phase
from shared.clock import LOCAL_TIME, Clock
from shared.contracts.intake import RoundCalendar, SubmissionRefused
from shared.contracts.matching import PlacementConfirmed

REDRAWN_A_SECOND = 5


class Display:
    """Shows a term while it is played."""

    def __init__(self, console: Console, calendar: RoundCalendar, clock: Clock, chronicle: Chronicle) -> None:
        self._console = console
        self._calendar = calendar
        self._clock = clock
        self._chronicle = chronicle
        self._began = time.monotonic()
        self._shown_phase: Phase | None = None

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the panel while the block lasts, where the output is a terminal."""
        if not self._console.is_terminal:
            yield
            return
        with Live(
            get_renderable=self._panel, console=self._console, refresh_per_second=REDRAWN_A_SECOND, transient=True
        ):
            yield

    def stepped(self) -> None:
        """The term has gone on: where the output is no terminal, print a line if a new phase has begun."""
        now = phase(self._calendar, self._clock())
        if now is not self._shown_phase and not self._console.is_terminal:
            self._console.print(f"{self._moment()}  {now}  ({self._counts()})", highlight=False, soft_wrap=True)
        self._shown_phase = now

    def _panel(self) -> RenderableType:
        now = phase(self._calendar, self._clock())
        phases = [_line(each, list(Phase).index(each) - list(Phase).index(now)) for each in Phase]
        return Panel(
            Group(*phases, Text(), Text(self._counts())),
            title=f"{self._calendar.name}  [bold]{self._moment()}[/]",
            title_align="left",
            expand=False,
            padding=(1, 2),
        )

    def _moment(self) -> str:
        return f"{self._clock().astimezone(LOCAL_TIME):%a %d %b %Y %H:%M}"

    def _counts(self) -> str:
        counts, emails = self._chronicle.counts, self._chronicle.emails.total()
        return (
            f"{counts.total():,} events, {emails:,} mails, {counts[SubmissionRefused.__name__]:,} refused, "
            f"{counts[PlacementConfirmed.__name__]:,} placements, {time.monotonic() - self._began:.0f} s"
        )


def _line(phase: Phase, ahead: int) -> Text:
    if ahead < 0:
        return Text(f"\N{CHECK MARK} {phase}", style="green")
    if ahead == 0:
        return Text(f"\N{BLACK RIGHT-POINTING SMALL TRIANGLE} {phase}", style="bold")
    return Text(f"  {phase}", style="dim")


def print_summary(console: Console, summary: Summary, wrong: Sequence[str], out: Path) -> None:
    """Print the summary, and all that is wrong."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    refusals = Counter(field for fields in summary.refused.values() for field in fields)
    table.add_row("projects", f"{summary.projects_submitted:,} submitted, {len(summary.projects_approved):,} approved")
    table.add_row("places", f"{summary.places:,}")
    table.add_row("refused", f"{len(summary.refused):,} submissions, at fault: {_counted(refusals)}")
    table.add_row("applications", f"{len(summary.applications_received):,}")
    table.add_row("first offers", f"{len(summary.first_offers):,}")
    table.add_row("placements", _counted(Counter(placement.status for placement in summary.placements)))
    table.add_row("mails", f"{sum(summary.emails.values()):,} in {out / 'mails'}")
    table.add_row("events", f"{sum(summary.events.values()):,}")
    table.add_row("evaluation", str(out / "evaluation.html"))
    table.add_row("in full", str(out / "summary.json"))
    console.print(table)
    _print_wrong(console, wrong)
    verdict = f"{len(wrong)} things are wrong." if wrong else "All that must hold of a term holds."
    console.print(f"{verdict} {summary.seconds:.0f} seconds.", style="bold red" if wrong else "bold green")


def print_stop(console: Console, stop: Stop, wrong: Sequence[str], out: Path) -> None:
    """Print where the term stands now, how to go on from there, and all that is wrong."""
    _print_wrong(console, wrong)
    console.print(
        f"It is {stop.at.astimezone(LOCAL_TIME):%a %d %b %Y %H:%M} in the programme: {stop.moment}. Go on from there:",
        style="bold",
        highlight=False,
        soft_wrap=True,
    )
    console.print(f"\n  ninthweek up --data {out}\n", markup=False, highlight=False, soft_wrap=True)


def _print_wrong(console: Console, wrong: Sequence[str]) -> None:
    for line in wrong:
        console.print(f"wrong: {line}", style="red", markup=False, soft_wrap=True)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.most_common()) or "none"
