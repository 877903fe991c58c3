"""Plays a term from beginning to end, checks the outcome, and writes the results into a folder."""

import gc
import logging
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import uvloop
from rich.console import Console

from ninthweek.demonstration.api import RequestRefused
from ninthweek.demonstration.checks import what_is_wrong, what_is_wrong_by_now
from ninthweek.demonstration.clock import CLOCK, note_moment
from ninthweek.demonstration.display import Display, print_stop, print_summary
from ninthweek.demonstration.moments import Moment, Stop, stop_at
from ninthweek.demonstration.outcome import Summary, outcome_of
from ninthweek.demonstration.playing import play_term
from ninthweek.demonstration.quiet import NeverQuiet
from ninthweek.demonstration.stage import Stage, stage_for
from ninthweek.demonstration.term import Term, read_term
from ninthweek.servers import local_servers, remove_servers
from ninthweek.settings import (
    SIGNING_KEY_FILE,
    AdministratorUrls,
    SettingFaulty,
    check_server_urls,
    keep_session_secret,
)
from shared import logs
from shared.contracts.intake import RoundScheduled

SUMMARY = "summary.json"
PAGE = "evaluation.html"
MAILS = "mails"
DOCUMENTS = "documents"
SERVERS = "servers"
LOG = "services.log"


def play(folder: Path, out: Path, *, console: Console, until: Moment | None = None) -> int:
    """Play the term of a folder; returns the exit status.

    The servers are those of `DATABASE_URL` and `AMQP_URL`, else private ones. The results replace earlier ones in
    `out`. The status is 0 only if all holds that must hold of a term. With `until`, the term stops at that moment, and
    its servers' data stays in `out` for `ninthweek up` to go on with.
    Raises `TermFaulty`, `SettingFaulty` and `ServersUnavailable`.
    """
    began = time.monotonic()
    check_server_urls()
    if until and (os.environ.get("DATABASE_URL") or os.environ.get("AMQP_URL")):
        raise SettingFaulty("--until leaves a demonstration in servers of its own: unset DATABASE_URL and AMQP_URL.")
    term = read_term(folder)
    _clear(out)
    if until:
        keep_session_secret(out)  # so that the links in its mails still open pages when `up` goes on with it
    with ExitStack() as stack:
        log = stack.enter_context((out / LOG).open("w", encoding="utf-8"))
        logs.configure(output=log)
        logging.basicConfig(stream=log, force=True)
        with console.status("The servers are starting"):
            servers = stack.enter_context(local_servers(out / SERVERS, durable=False))
        urls = AdministratorUrls(servers.database_url, servers.amqp_url)
        try:
            if until is None:
                return uvloop.run(perform(term, out, urls, console=console, began=began))
            status = uvloop.run(perform_until(stop_at(until, term.calendar), term, out, urls, console=console))
        except (RequestRefused, NeverQuiet) as stopped:
            console.print(f"The term could not be played to its end. {stopped}", style="red", markup=False)
            return 1
    os.sync()  # PostgreSQL ran without fsync: only after this does a power cut lose nothing
    return status


async def perform_until(stop: Stop, term: Term, out: Path, urls: AdministratorUrls, *, console: Console) -> int:
    """Play a term on empty servers up to a stop, and write the moment to `out`; returns the exit status.

    Nothing is in flight when it returns. Raises the same as `perform`.
    """
    async with _played(term, out, urls, console=console, stop=stop) as stage:
        wrong = await what_is_wrong_by_now(stage, outcome_of(stage.chronicle))
    note_moment(out, stop.at)
    print_stop(console, stop, wrong, out)
    return 1 if wrong else 0


async def perform(term: Term, out: Path, urls: AdministratorUrls, *, console: Console, began: float) -> int:
    """Play a term on empty servers, check the outcome, and write the results to `out`; returns the exit status.

    `began` is when all of it began, by `time.monotonic()`. Raises `SettingFaulty` where the database has a round
    already, `RequestRefused` where somebody could not do what the script says, `NeverQuiet` where messages are not
    handled, and the error of a service that crashed.
    """
    async with _played(term, out, urls, console=console) as stage:
        outcome = outcome_of(stage.chronicle)
        wrong = await what_is_wrong(term, stage, outcome)
        await _keep_page(stage, out)
    summary = Summary(**dict(outcome), seconds=round(time.monotonic() - began, 1))
    (out / SUMMARY).write_text(summary.model_dump_json(indent=1) + "\n", encoding="utf-8")
    print_summary(console, summary, wrong, out)
    return 1 if wrong else 0


@asynccontextmanager
async def _played(
    term: Term, out: Path, urls: AdministratorUrls, *, console: Console, stop: Stop | None = None
) -> AsyncIterator[Stage]:
    """Play the term, to its end or up to a stop, and yield its stage."""
    with _mails_and_documents_in(out):
        async with stage_for(term, urls) as stage:
            if (await stage.staff.get("/rounds")).json():
                raise SettingFaulty("DATABASE_URL names a database that has a round already: name an empty one.")
            gc.freeze()  # what is loaded by now stays: the collector need not go through it again and again
            display = Display(console, term.calendar, stage.clock, stage.chronicle)
            with display.shown():
                await play_term(term, stage, display.stepped, stop)
                yield stage


async def _keep_page(stage: Stage, out: Path) -> None:
    for event in stage.chronicle.of(RoundScheduled):
        page = await stage.staff.get(f"/reports/{event.round_id}.html")
        (out / PAGE).write_bytes(page.content)


def _clear(out: Path) -> None:
    """Make the folder, or remove what an earlier demonstration has left there, and nothing else."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        remove_servers(out / SERVERS)
        for name in (MAILS, DOCUMENTS):
            shutil.rmtree(out / name, ignore_errors=True)
        for name in (SUMMARY, PAGE, LOG, CLOCK, SIGNING_KEY_FILE):
            (out / name).unlink(missing_ok=True)
        (out / MAILS).mkdir()
    except OSError as error:
        raise SettingFaulty(f"The folder {out} cannot be used ({error.strerror}): name another with --out.") from None


@contextmanager
def _mails_and_documents_in(out: Path) -> Iterator[None]:
    """Have mails and documents written to the folder while the block lasts, whatever the environment says."""
    ours = {"MAIL_FOLDER": str((out / MAILS).absolute()), "DOCUMENTS_URL": (out / DOCUMENTS).absolute().as_uri()}
    before = {name: os.environ.pop(name, None) for name in (*ours, "SMTP_URL")}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
