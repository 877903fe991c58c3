"""A service: its card, its handlers, its routes. What runs one is `shared.runtime.replica`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import APIRouter

from shared.contracts.directory import Card
from shared.contracts.faults import Fault
from shared.contracts.message import Effect, Event, Message, Timer, type_registry
from shared.runtime.work import UnitsOfWork, Work

AnyMessage = TypeVar("AnyMessage", bound=Message)
AnyEffect = TypeVar("AnyEffect", bound=Effect)
Subjects = Callable[[AnyMessage], tuple[str, ...]]


class NotYet(Exception):
    """A handler lacks a fact that was published and is still on its way: the message comes back later."""


@dataclass(frozen=True, slots=True)
class MalformedSubmission:
    """A submission that breaks its contract: who sent it, under which id, and every fault."""

    id: str
    source: str
    type: str
    routing_key: str
    body: bytes
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Handler:
    """What handles one type of message, and which subjects it changes."""

    message: type[Message]
    call: Callable[[Any, Work], Awaitable[None]]
    changes: Callable[[Any], tuple[str, ...]]

    @property
    def name(self) -> str:
        return self.call.__qualname__


class Service:
    """The definition of a service. Its rooms register themselves on it when they are imported."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.name = card.name
        self.may_publish = frozenset(card.may_publish)
        self.routes = APIRouter()
        self.open_routes = APIRouter()
        """For whoever comes: what is behind no door."""
        self.handlers: dict[str, Handler] = {}
        self.effects: dict[str, Callable[[Any, UnitsOfWork], Awaitable[None]]] = {}
        self.malformed: Callable[[MalformedSubmission, Work], Awaitable[None]] | None = None

    def subscriber(
        self, message: type[AnyMessage], *, changes: Subjects[AnyMessage] | None = None
    ) -> Callable[[Callable[[AnyMessage, Work], Awaitable[None]]], Callable[[AnyMessage, Work], Awaitable[None]]]:
        """Register what handles an event, a submission or a timer of this service.

        `changes` names the subjects that the handler changes, which are locked before it is called; by default the
        message's own. The handler shares its transaction with other messages: it never commits and never catches a
        database error. It raises `NotYet` where a fact is still on its way.
        """

        def register(
            call: Callable[[AnyMessage, Work], Awaitable[None]],
        ) -> Callable[[AnyMessage, Work], Awaitable[None]]:
            self._check_message(message)
            self.handlers[message.type] = Handler(message, call, changes or _own_subject)
            return call

        return register

    def effect(
        self, effect: type[AnyEffect]
    ) -> Callable[
        [Callable[[AnyEffect, UnitsOfWork], Awaitable[None]]],
        Callable[[AnyEffect, UnitsOfWork], Awaitable[None]],
    ]:
        """Register what acts outside the database.

        It is called alone and outside any transaction, opens short units of work to read and to record, and may be
        called again where the process died in between: what it records tells it what was done.
        """

        def register(
            call: Callable[[AnyEffect, UnitsOfWork], Awaitable[None]],
        ) -> Callable[[AnyEffect, UnitsOfWork], Awaitable[None]]:
            self._check_message(effect)
            self.effects[effect.type] = call
            return call

        return register

    def on_malformed_submission(
        self, call: Callable[[MalformedSubmission, Work], Awaitable[None]]
    ) -> Callable[[MalformedSubmission, Work], Awaitable[None]]:
        """Register who answers a submission that breaks its contract; without one it is among the failures."""
        self.malformed = call
        return call

    def check(self) -> None:
        """Raise `TypeError` unless the handlers are those that the card names."""
        expected = {message.type for message in (*self.card.subscribes_to, *self.card.takes)}
        present = {type_ for type_ in self.handlers if not issubclass(type_registry[type_], Timer)}
        if expected != present:
            raise TypeError(f"{self.name}: handlers and card differ in {sorted(expected ^ present)}")

    def _check_message(self, message: type[Message]) -> None:
        if message.type in self.handlers or message.type in self.effects:
            raise TypeError(f"{self.name} handles {message.__name__} twice")
        if issubclass(message, Event) and message not in self.card.subscribes_to:
            raise TypeError(f"{self.name} does not subscribe to {message.__name__}: add it to its card")


def _own_subject(message: Message) -> tuple[str, ...]:
    return (message.subject,)
