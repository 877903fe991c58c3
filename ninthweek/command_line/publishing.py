"""Commands about the contracts: `contracts` writes them, `publish` sends a submission that keeps to one."""

import asyncio
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from ninthweek.settings import SettingFaulty, checked_url, variable

if TYPE_CHECKING:
    from shared.contracts.directory import OutsideSystem
    from shared.contracts.message import Submission

commands = typer.Typer()


@commands.command()
def contracts(
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = Path("docs/contracts"),
) -> None:
    """Write the published contracts: asyncapi.yaml, openapi.json and the JSON Schema of every message."""
    from ninthweek.services import NAMES, load
    from shared.contracts.documents import write_contracts
    from shared.web.application import routes_of

    openapi = routes_of(tuple(load(name) for name in NAMES)).openapi()
    for path in write_contracts(out, openapi):
        typer.echo(path)


@commands.command()
def publish(
    kind: Annotated[
        str,
        typer.Argument(
            help="What is sent: host, project, project-withdrawal, student, application, application-withdrawal."
        ),
    ],
    file: Annotated[Path | None, typer.Argument(help="The JSON body; standard input where none is named.")] = None,
    system: Annotated[
        str | None, typer.Option("--as", help="The sending system; by default the one that sends this kind.")
    ] = None,
    identifier: Annotated[str | None, typer.Option("--id", help="The event's id; the same id counts once.")] = None,
    time: Annotated[str | None, typer.Option(help="When it was sent, with an offset from UTC; by default now.")] = None,
    url: Annotated[
        str | None,
        typer.Option(help="The broker, as the sending system's user; by default <SYSTEM>_AMQP_URL, else AMQP_URL."),
    ] = None,
) -> None:
    """Send a submission as an outside system does: a CloudEvent, on the exchange `submissions`.

    The body is checked against its contract first. Prints the event's id once the broker has confirmed it; the events
    and mails that follow show whether intake accepts it.
    """
    sender, submission = _sender(kind, system)
    body = _body(submission, file)
    event_id = identifier or str(uuid4())
    asyncio.run(_publish(_broker(url, sender), sender, submission, body, event_id, _moment(time)))
    typer.echo(event_id)


async def _publish(
    url: str, sender: "OutsideSystem", submission: "type[Submission]", body: bytes, event_id: str, time: datetime
) -> None:
    from aio_pika.exceptions import PublishError

    from ninthweek.submitting import broker_at, submit

    async with broker_at(url) as broker:
        try:
            await submit(broker, sender, submission, body, event_id=event_id, time=time)
        except PublishError:
            raise SettingFaulty("The broker has no queue that takes it: run `ninthweek migrate` first.") from None


def _sender(kind: str, system: str | None) -> "tuple[OutsideSystem, type[Submission]]":
    from shared.contracts.directory import OUTSIDE_SYSTEMS, outside_system

    candidates = OUTSIDE_SYSTEMS if system is None else (outside_system(system),)
    for candidate in candidates:
        for submission in candidate.sends if candidate else ():
            if candidate and submission.noun == kind:
                return candidate, submission
    by_system = "; ".join(f"{known.name}: {', '.join(s.noun for s in known.sends)}" for known in OUTSIDE_SYSTEMS)
    raise SettingFaulty(f"{system or 'No system'} sends no {kind}. There are {by_system}.")


def _broker(given: str | None, sender: "OutsideSystem") -> str:
    own = variable(sender.name, "AMQP_URL")
    for name, url in (("--url", given), (own, os.environ.get(own)), ("AMQP_URL", os.environ.get("AMQP_URL"))):
        if url:
            return checked_url(name, url, "amqp", "amqps")
    raise SettingFaulty(f"{own} or AMQP_URL must be set, or --url given: `ninthweek up` prints one.")


def _body(submission: "type[Submission]", file: Path | None) -> bytes:
    from pydantic import ValidationError

    from shared.contracts.faults import faults_of

    try:
        body = file.read_bytes() if file else sys.stdin.buffer.read()
    except OSError as error:
        raise SettingFaulty(f"{file} cannot be read ({error.strerror}).") from None
    try:
        submission.from_json(body)
    except ValidationError as error:
        faults = faults_of(error.errors(include_url=False, include_context=False, include_input=False))
        lines = "\n".join(f"  {fault.field}: {fault.reason}" for fault in faults)
        raise SettingFaulty(f"The body breaks the contract of {submission.__name__}:\n{lines}") from None
    return json.dumps(json.loads(body), ensure_ascii=False).encode()


def _moment(text: str | None) -> datetime:
    from shared.clock import system_time

    if text is None:
        return system_time()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - answered just below, as any time without an offset
    if moment.tzinfo is None:
        raise SettingFaulty("--time must have an offset from UTC, as 2027-04-21T09:00:00+01:00.")
    return moment
