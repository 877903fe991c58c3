"""A service: its card, its handlers and its routes. `shared.runtime.replica` runs one."""

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
    """A handler lacks a fact that was published and has not arrived yet: the message is handled again later."""


@dataclass(frozen=True, slots=True)
class MalformedSubmission:
    """A submission that breaks its contract, with every fault."""

    id: str
    source: str
    type: str
    routing_key: str
    body: bytes
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Handler:
    """The function that handles one type of message, and the subjects that it changes."""

    message: type[Message]
    call: Callable[[Any, Work], Awaitable[None]]
    changes: Callable[[Any], tuple[str, ...]]

    @property
    def name(self) -> str:
        return self.call.__qualname__


class Service:
    """The definition of a service. Its modules register their handlers and routes on it when they are imported."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.name = card.name
        self.may_publish = frozenset(card.may_publish)
        self.routes = APIRouter()
        self.open_routes = APIRouter()
        """Routes that need no authentication."""
        self.handlers: dict[str, Handler] = {}
        self.effects: dict[str, Callable[[Any, UnitsOfWork], Awaitable[None]]] = {}
        self.malformed: Callable[[MalformedSubmission, Work], Awaitable[None]] | None = None

    def subscriber(
        self, message: type[AnyMessage], *, changes: Subjects[AnyMessage] | None = None
    ) -> Callable[[Callable[[AnyMessage, Work], Awaitable[None]]], Callable[[AnyMessage, Work], Awaitable[None]]]:
        """Register the handler of an event, a submission or a timer of this service.

        `changes` returns the subjects that the handler changes: they are locked before it is called. By default it is
        the subject of the message. The handler shares its transaction with other messages, so it never commits and
        never catches a database error. It raises `NotYet` if it needs a fact that has not arrived.
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
        """Register the handler of an effect, which acts outside the database.

        It is called outside any transaction, and opens short units of work to read and to record. It may be called
        again if the process died in between: it must record what it has done, and act by what is recorded.
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
        """Register the handler that answers malformed submissions; without one they are kept as failures."""
        self.malformed = call
        return call

    def check(self) -> None:
        """Raise `TypeError` unless there is a handler for each event and submission on the card, and for no other."""
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
