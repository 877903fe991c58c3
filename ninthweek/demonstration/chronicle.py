"""Every event that the services published, in order."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from ninthweek.demonstration.flight import Flight
from shared.broker.topology import EVENTS
from shared.contracts.envelope import Envelope
from shared.contracts.message import Event, type_registry
from shared.contracts.notifications import EmailSent
from shared.runtime.outgoing import Outgoing

AnyEvent = TypeVar("AnyEvent", bound=Event)


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event and its envelope."""

    event: Event
    envelope: Envelope


class Chronicle(Flight):
    """Counts what is in flight, and keeps each event once, in the order in which they were published."""

    def __init__(self, services: Collection[str]) -> None:
        super().__init__(services)
        self.everything: list[PublishedEvent] = []
        self.counts: Counter[str] = Counter()
        """How many events were published, by name."""
        self.emails: Counter[str] = Counter()
        """How many mails were sent, by template."""
        self._known: set[str] = set()
        self._seen = 0

    def publishing(self, service: str, outgoing: Outgoing) -> None:
        super().publishing(service, outgoing)
        envelope = Envelope.from_headers(outgoing.headers)
        if outgoing.exchange != EVENTS or envelope.id in self._known:  # after an outage it may be published again
            return
        self._known.add(envelope.id)
        event = type_registry[envelope.type].from_json(outgoing.body)
        if isinstance(event, Event):
            self.everything.append(PublishedEvent(event, envelope))
            self.counts[type(event).__name__] += 1
        if isinstance(event, EmailSent):
            self.emails[event.template] += 1

    def news(self) -> list[Event]:
        """The events that were published since the last call."""
        news = [record.event for record in self.everything[self._seen :]]
        self._seen += len(news)
        return news

    def of(self, kind: type[AnyEvent]) -> list[AnyEvent]:
        """All events of one kind."""
        return [record.event for record in self.everything if isinstance(record.event, kind)]
