"""The university's other systems: each publishes its submissions over AMQP, and sends CVs over HTTP before."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from aio_pika.exceptions import AMQPError, ChannelInvalidStateError
from faststream.rabbit import RabbitBroker

from ninthweek.demonstration.api import Api, RequestRefused
from ninthweek.demonstration.flight import Flight
from ninthweek.demonstration.term import Sent
from ninthweek.submitting import broker_at, submit
from shared.contracts.directory import INTAKE
from shared.contracts.envelope import Envelope, identity
from shared.contracts.submissions import ApplicationForm

UNCONFIRMED = 200
"""How many submissions are published at a time, without waiting for a confirmation in between."""

UPLOADS = 8
"""How many documents are sent at a time."""

CONFIRMED_WITHIN = 60.0
"""Seconds that a confirmation may take."""

PAUSE = 0.25
"""Seconds between two tries to reach the broker."""

BROKER_AWAY = (AMQPError, ChannelInvalidStateError, asyncio.InvalidStateError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Written:
    """A submission with its body as it is sent: the same bytes each time."""

    sent: Sent
    body: bytes

    @property
    def identity(self) -> UUID:
        envelope = Envelope(
            id=self.sent.event_id, source=self.sent.system.name, type=self.sent.kind.type, time=self.sent.sent_at
        )
        return identity(envelope, self.body)

    async def publish(self, broker: RabbitBroker) -> None:
        sent = self.sent
        await submit(broker, sent.system, sent.kind, self.body, event_id=sent.event_id, time=sent.sent_at)


class OutsideSystems:
    """Publish what a term has them send, and count it as in flight.

    `folder` is the term's, with the CVs; `portal` is the API with the careers portal's token.
    """

    def __init__(self, amqp_url: str, portal: Api, folder: Path, flight: Flight) -> None:
        self._amqp_url = amqp_url
        self._portal = portal
        self._folder = folder
        self._flight = flight
        self._documents: dict[tuple[str, str], asyncio.Task[str]] = {}
        self._uploads = asyncio.Semaphore(UPLOADS)

    async def publish(self, wave: Sequence[Sent]) -> None:
        """Publish a wave. Returns once the broker has confirmed all of it, however often it is away meanwhile."""
        written = await asyncio.gather(*map(self._write, wave))
        for each in written:
            self._flight.expect([INTAKE.name], each.identity)
        for start in range(0, len(written), UNCONFIRMED):
            await self._until_confirmed(written[start : start + UNCONFIRMED])

    async def _write(self, sent: Sent) -> Written:
        content = dict(sent.content)
        if sent.kind is ApplicationForm and content["cv"]:
            content["cv"] = await self._document(content["student_id"], content["cv"])
        return Written(sent, json.dumps(content, ensure_ascii=False).encode())

    async def _document(self, student_id: str, file: str) -> str:
        """The id of the document made from a student's file, which is sent once."""
        known = self._documents.get((student_id, file))
        if known is None:
            known = self._documents[student_id, file] = asyncio.create_task(self._upload(file))
        return await known

    async def _upload(self, file: str) -> str:
        path = self._folder / file
        async with self._uploads:
            try:
                answer = await self._portal.send_file("/documents", path.name, path.read_bytes())
            except RequestRefused as refused:
                if refused.response.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                    raise
                # It was too large, so there is no document of this id, and the application is refused for its CV.
                return str(uuid5(NAMESPACE_URL, f"urn:ninthweek:not-taken:{file}"))
        return str(answer.json()["document_id"])

    async def _until_confirmed(self, written: Sequence[Written]) -> None:
        while True:
            try:
                return await self._publish_all(written)
            except BROKER_AWAY:
                await asyncio.sleep(PAUSE)  # then all of them again: each is the same message, and is handled once

    async def _publish_all(self, written: Sequence[Written]) -> None:
        """Publish side by side over one connection. Raises where the broker is away before all is confirmed."""
        async with asyncio.timeout(CONFIRMED_WITHIN), broker_at(self._amqp_url) as broker:
            confirmations = [each.publish(broker) for each in written]
            for outcome in await asyncio.gather(*confirmations, return_exceptions=True):
                if outcome is not None:
                    raise outcome
