"""Points at which a process kills itself by SIGKILL, or freezes by SIGSTOP: nothing is cleaned up or published.

The runtime is wrapped from outside, in the process that is to die or to freeze. One that freezes does so once: waked
with SIGCONT, it goes on where it was.
"""

import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from inspect import signature
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from services.notifications.outside.transport import MailServer
from shared.runtime import Service, UnitsOfWork, Work
from shared.runtime.handling import Handling
from shared.runtime.outgoing import Outgoing
from shared.runtime.relay import Relay
from shared.runtime.replica import Replica
from shared.runtime.store import outbox
from shared.runtime.subscriber import GroupSubscriber

if TYPE_CHECKING:
    from shared.runtime.publisher import Publish

Replicas = Callable[[], Awaitable[Replica]]
"""Waits until the replica runs."""

Prepare = Callable[[Service, Replicas], None]


_signals = [signal.SIGKILL]


def die() -> None:
    if _signals:
        os.kill(os.getpid(), _signals.pop())


def freeze_instead() -> None:
    """Let this process freeze at its crash point instead of dying."""
    _signals[:] = [signal.SIGSTOP]


def _before_the_handler(_service: Service, _replica: Replicas) -> None:
    _wrap(Handling, "handle_messages", before=die)


def _inside_the_handler(service: Service, _replica: Replicas) -> None:
    """The handler has changed its tables and published its events, and nothing is committed."""

    def dying(call: Callable[[Any, Work], Awaitable[None]]) -> Callable[[Any, Work], Awaitable[None]]:
        async def wrapped(message: Any, work: Work) -> None:
            await call(message, work)
            die()

        return wrapped

    for name, handler in service.handlers.items():
        service.handlers[name] = replace(handler, call=dying(handler.call))


def _between_commit_and_acknowledgement(_service: Service, _replica: Replicas) -> None:
    _wrap(Handling, "handle_messages", after=die)


def _between_commit_and_publish(_service: Service, replica: Replicas) -> None:
    """All that was delivered is acknowledged: what was published is in the outbox, and nowhere else."""
    relay = Relay.__init__

    def with_publish(*arguments: Any, **named: Any) -> None:
        given = signature(relay).bind(*arguments, **named)
        original: Publish = given.arguments["publish"]

        async def publish(rows: Sequence[Outgoing]) -> list[BaseException | None]:
            for subscriber in (await replica()).subscribers:
                await subscriber.finish()
            die()
            return await original(rows)

        given.arguments["publish"] = publish
        relay(*given.args, **given.kwargs)

    patch.object(Relay, "__init__", with_publish).start()


def _between_publish_and_mark(_service: Service, _replica: Replicas) -> None:
    mark_sent = outbox.mark_sent

    async def die_with_any(connection: Any, identifiers: Sequence[Any]) -> None:
        if identifiers:
            die()
        await mark_sent(connection, identifiers)

    patch.object(outbox, "mark_sent", die_with_any).start()


def _during_the_sweep(_service: Service, _replica: Replicas) -> None:
    """The relay has taken over what another process left behind, so that no other relay looks at it for a while."""
    left_behind = outbox.left_behind

    async def die_of_any(connection: Any, **named: Any) -> list[Outgoing]:
        rows = await left_behind(connection, **named)
        if rows:
            die()
        return rows

    patch.object(outbox, "left_behind", die_of_any).start()


def _between_effect_and_acknowledgement(service: Service, _replica: Replicas) -> None:
    """The effect has acted outside the database, and recorded what it did."""

    def dying(call: Callable[[Any, UnitsOfWork], Awaitable[None]]) -> Callable[[Any, UnitsOfWork], Awaitable[None]]:
        async def wrapped(effect: Any, units: UnitsOfWork) -> None:
            await call(effect, units)
            die()

        return wrapped

    for name, effect in service.effects.items():
        service.effects[name] = dying(effect)


def _between_mail_and_record(_service: Service, _replica: Replicas) -> None:
    """The mail server has confirmed a mail."""
    _wrap(MailServer, "send", after=die)


def _while_stopping(_service: Service, _replica: Replicas) -> None:
    """The broker delivers no more, and what it had delivered is not yet handled."""
    _wrap(GroupSubscriber, "finish", before=die)


def _wrap(
    owner: type, method: str, *, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None
) -> None:
    original = getattr(owner, method)

    async def wrapped(*arguments: Any) -> None:
        if before:
            before()
        await original(*arguments)
        if after:
            after()

    patch.object(owner, method, wrapped).start()


CRASH_POINTS: Mapping[str, Prepare] = {
    "before-the-handler": _before_the_handler,
    "inside-the-handler": _inside_the_handler,
    "between-commit-and-acknowledgement": _between_commit_and_acknowledgement,
    "between-commit-and-publish": _between_commit_and_publish,
    "between-publish-and-mark": _between_publish_and_mark,
    "during-the-sweep": _during_the_sweep,
    "between-effect-and-acknowledgement": _between_effect_and_acknowledgement,
    "between-mail-and-record": _between_mail_and_record,
    "while-stopping": _while_stopping,
}
"""By its name, what makes a process die the first time that it comes to this point."""
