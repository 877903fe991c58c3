"""Plays a term on a stage: what systems send, what people do, and what timers do, each at its moment."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

from ninthweek.demonstration.api import Api
from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.moments import Stop
from ninthweek.demonstration.outside import OutsideSystems
from ninthweek.demonstration.people import Deed, deeds
from ninthweek.demonstration.term import Sent, Term
from ninthweek.demonstration.waves import waves
from shared.clock import LOCAL_TIME, Clock
from shared.contracts.message import Event

NEVER = datetime.max.replace(tzinfo=UTC)


class Stage(Protocol):
    """Where a term is played, in one process or in many: what `play_term` needs of it."""

    @property
    def clock(self) -> Clock: ...

    @property
    def chronicle(self) -> Chronicle: ...

    @property
    def staff(self) -> Api: ...

    @property
    def outside(self) -> OutsideSystems: ...

    async def quiet(self) -> None:
        """Wait until everything published is handled and in the chronicle."""

    async def next_timer(self) -> datetime | None:
        """The moment of the earliest timer of all services."""

    def step_to(self, moment: datetime) -> None:
        """Step the programme's clock to a moment."""


async def play_term(term: Term, stage: Stage, stepped: Callable[[], None], stop: Stop | None = None) -> None:
    """Play a term until nothing is left to be sent and no timer is left; `stepped` is called after every step.

    Whenever all is quiet and nobody has anything to do, the clock is stepped: to submissions that were sent before the
    next timer, else to that timer. Submissions of one day, with no timer between them, are published together as far as
    their order does not matter. With a `stop`, the term is played up to there, and all is quiet then.
    """
    end = stop.at if stop else NEVER
    await stage.staff.send("POST", "/rounds", term.calendar.model_dump(mode="json"))
    await _settle(term, stage, stop)
    await _publish(term.records, term, stage, stop)
    unsent = deque(term.submissions)
    while True:
        stepped()
        timer = await stage.next_timer()
        if sent := _sent_before(min(timer or NEVER, end), unsent):
            stage.step_to(sent[-1].sent_at)
            await _publish(sent, term, stage, stop)
        elif timer is not None and timer <= end:
            stage.step_to(timer)
            await _settle(term, stage, stop)
        else:
            break
    if stop:
        stage.step_to(stop.at)
        stepped()


def _sent_before(moment: datetime, unsent: deque[Sent]) -> list[Sent]:
    """Take the next submissions, of one day and before the moment; none where the moment comes first."""
    sent: list[Sent] = []
    while unsent and unsent[0].sent_at < moment and _same_day(unsent[0], (sent or unsent)[0]):
        sent.append(unsent.popleft())
    return sent


def _same_day(one: Sent, other: Sent) -> bool:
    """Whether both were sent on one day: mails about them are then of that day, and not of weeks later."""
    return one.sent_at.astimezone(LOCAL_TIME).date() == other.sent_at.astimezone(LOCAL_TIME).date()


async def _publish(submissions: Sequence[Sent], term: Term, stage: Stage, stop: Stop | None) -> None:
    for wave in waves(submissions):
        await stage.outside.publish(wave)
        await _settle(term, stage, stop)


async def _settle(term: Term, stage: Stage, stop: Stop | None) -> None:
    """Wait until all is quiet, and have people do what they are asked, until there is nothing more to do."""
    while True:
        await stage.quiet()
        asked = [deed for event in stage.chronicle.news() for deed in _done(event, term, stage, stop)]
        if not asked:
            return
        for deed in asked:
            await stage.staff.send(deed.method, deed.path, deed.body)


def _done(event: Event, term: Term, stage: Stage, stop: Stop | None) -> Iterator[Deed]:
    """What people do because this event was published, unless the term stops before."""
    for deed in deeds(event, term.script, stage.chronicle):
        if stop is None or not stop.comes_before(deed, event, stage.clock()):
            yield deed
