"""The command: `python -m tests.soak --minutes 10`, or `make soak MINUTES=10`."""

import argparse
import asyncio
import json
import logging
import os
import secrets
import shutil
import signal
import sys
import time
import warnings
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import uvloop

from ninthweek.addresses import addresses
from ninthweek.migration import migrate
from ninthweek.servers import Servers, local_servers, remove_servers
from ninthweek.services import NAMES, load
from shared.contracts.directory import OUTSIDE_SYSTEMS
from shared.web.authentication import STAFF
from tests.soak import store
from tests.soak.audit import Audit, bind_audit
from tests.soak.mail import mail_server
from tests.soak.monkey import Monkey, plan
from tests.soak.term import Surroundings, play
from tests.support.history import Report
from tests.support.network import link_to
from tests.support.servers import database_url

VAR = Path(__file__).parent.parent.parent / "var"
TEMPLATE = "soak_template"
SHOWN = 20


@dataclass(frozen=True)
class Options:
    """How long to go on: so many minutes, or until so many faults were injected."""

    seed: int
    minutes: float
    faults: int | None


@dataclass
class Tally:
    """What came of all terms so far."""

    seed: int
    minutes: float = 0.0
    terms: int = 0
    events: int = 0
    mails: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    report: Report = field(default_factory=Report)

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {self.minutes:.1f} minutes, {self.events:,} events, {self.mails:,} mails"]
        lines += [f"  {number:6,} {kind}" for kind, number in self.faults.most_common()]
        for what in ("lost", "duplicated", "unexpected"):
            names: tuple[str, ...] = getattr(self.report, what)
            lines += [f"{what}: {name}" for name in names[:SHOWN]]
            lines += [f"{what}: and {len(names) - SHOWN} more"] if len(names) > SHOWN else []
        return "\n".join([*lines, f"soak: {self.faults.total()} faults, {self.terms} terms, {self.report}"])


async def soak(options: Options, servers: Servers, folder: Path) -> Tally:
    """Play one term after the other, until time or faults are used up or something was wrong."""
    began, number = time.monotonic(), 0
    tally = Tally(options.seed)
    _stop_in_order_when_asked_to()
    assert servers.postgresql is not None
    assert servers.rabbitmq is not None
    for name in NAMES:
        load(name)  # a service's private messages are known only where it is loaded
    await _prepare(servers)
    async with AsyncExitStack() as stack:
        surroundings = Surroundings(
            folder=folder,
            database_url=servers.database_url,
            amqp_url=servers.amqp_url,
            postgresql=servers.postgresql,
            rabbitmq=servers.rabbitmq,
            databases={name: await stack.enter_async_context(link_to(servers.database_url)) for name in NAMES},
            brokers={name: await stack.enter_async_context(link_to(servers.amqp_url)) for name in NAMES},
            audit=Audit(servers.amqp_url),
            mails=await stack.enter_async_context(mail_server()),
            monkey=Monkey(plan(options.seed), at_most=options.faults),
            tokens={name: secrets.token_urlsafe(12) for name in (STAFF, *(system.name for system in OUTSIDE_SYSTEMS))},
        )
        await stack.enter_async_context(surroundings.audit.consuming())
        while number == 0 or (tally.report.is_clean and not _is_over(options, tally, surroundings.monkey)):
            number += 1
            played = await play(
                surroundings, seed=options.seed * 1_000 + number, template=TEMPLATE, name=f"term_{number}"
            )
            tally.terms, tally.minutes = number, (time.monotonic() - began) / 60
            tally.events += played.events
            tally.mails += played.mails
            tally.report += played.report
            tally.faults = surroundings.monkey.counts
            _print(f"term {number} after {tally.minutes:.1f} minutes: {played.report}")
            if played.report.is_clean:
                shutil.rmtree(folder / f"term_{number}")
    return tally


def _is_over(options: Options, tally: Tally, monkey: Monkey) -> bool:
    return monkey.is_done if options.faults is not None else tally.minutes >= options.minutes


def _stop_in_order_when_asked_to() -> None:
    """End as by Ctrl-C on SIGTERM too, so that no server's folder is left behind."""
    soaking = asyncio.current_task()
    assert soaking is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, soaking.cancel)


async def _prepare(servers: Servers) -> None:
    """Make the tables that each term gets a copy of, and prepare the broker.

    The broker is then restarted in order: RabbitMQ 3.10 loses a quorum queue if it is killed within its first seconds.
    """
    await store.drop_database(servers.database_url, TEMPLATE)
    await store.copy_database(servers.database_url, "template1", TEMPLATE)
    url = database_url(servers.database_url, TEMPLATE)
    await migrate(database_url=url, amqp_url=servers.amqp_url, service_urls=addresses(url, None, {}).database)
    await store.prepare_notes(url)
    await bind_audit(servers.amqp_url)
    assert servers.rabbitmq is not None
    servers.rabbitmq.stop()
    servers.rabbitmq.start()


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long; the running term is played to its end")
    parser.add_argument("--faults", type=int, help="so many faults, however long that takes")
    parser.add_argument("--seed", type=int, default=None, help="a run with the same seed begins the same")
    given = parser.parse_args()
    options = Options(given.seed or secrets.randbelow(1_000_000), given.minutes, given.faults)
    _print(f"seed {options.seed}")
    for name in ("DATABASE_URL", "AMQP_URL", "SMTP_URL"):
        os.environ.pop(name, None)
    folder = VAR / f"soak-{os.getpid()}"
    folder.mkdir(parents=True)
    logging.basicConfig(filename=folder / "soak.log", level=logging.INFO)
    for talkative in ("mail.log", "httpx", "aiormq", "aio_pika"):
        logging.getLogger(talkative).setLevel(logging.ERROR)
    # aio-pika forgets connections that broke while they were being opened.
    warnings.filterwarnings("ignore", "coroutine 'Connection.close' was never awaited", RuntimeWarning)
    try:
        with local_servers(folder / "servers", durable=False) as servers:
            tally = uvloop.run(soak(options, servers, folder))
    finally:
        remove_servers(folder / "servers")
    result = asdict(tally) | {"faults": dict(tally.faults)}  # `asdict` makes something else of a Counter
    (VAR / "soak.json").write_text(json.dumps(result, indent=1) + "\n")
    _print(str(tally))
    if tally.report.is_clean:
        shutil.rmtree(folder)
    return 0 if tally.report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
