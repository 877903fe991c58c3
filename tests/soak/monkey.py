"""What the monkey does and when: the same for the same seed."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

FAULTS_A_SECOND = 8.0

REST = 6.0
"""Seconds between two costly faults, for servers and services to come back from the first."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: how often it is chosen beside the others, and whether it takes a server away for seconds."""

    name: str
    weight: float
    is_costly: bool = False


KINDS = (
    Kind("process killed", 8),
    Kind("process stopped in order", 3),
    Kind("process frozen", 6),
    Kind("database connection cut", 10),
    Kind("broker connection cut", 8),
    Kind("all database connections of a service cut", 4),
    Kind("all broker connections of a service cut", 4),
    Kind("network to the database stalled", 4),
    Kind("network to the broker stalled", 4),
    Kind("network to the database slow", 4),
    Kind("network to the broker slow", 4),
    Kind("database backend terminated", 14),
    Kind("table locked", 6),
    Kind("database connections refused", 2),
    Kind("message published again", 22),
    Kind("old message published again", 12),
    Kind("broken submission", 3),
    Kind("submission without envelope", 1),
    Kind("broken event", 1),
    Kind("odd but sound submission", 6),
    Kind("odd but sound event", 6),
    Kind("mail refused for now", 6),
    Kind("mail server slow", 3),
    Kind("mail taken and answer lost", 4),
    Kind("mail connections dropped", 2),
    Kind("database killed", 0.4, is_costly=True),
    Kind("database restarted", 0.3, is_costly=True),
    Kind("broker killed", 0.25, is_costly=True),
    Kind("broker restarted", 0.25, is_costly=True),
    Kind("connections closed by the broker", 0.3, is_costly=True),
    Kind("channels ended in the broker", 0.3, is_costly=True),
    Kind("queue ended in the broker", 0.3, is_costly=True),
    Kind("broker out of memory", 0.3, is_costly=True),
)


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault of the plan: how long after the one before, of which kind, and the dice for whatever it hits."""

    pause: float
    kind: Kind
    dice: Random = field(compare=False)


def plan(seed: int, kinds: tuple[Kind, ...] = KINDS) -> Iterator[Strike]:
    """The strikes of a seed, without end."""
    random = Random(seed)
    while True:
        pause = random.expovariate(FAULTS_A_SECOND)
        (kind,) = random.choices(kinds, [kind.weight for kind in kinds])
        yield Strike(pause, kind, Random(random.getrandbits(64)))


Injector = Callable[[Random], Awaitable[bool]]
"""Injects one fault; returns whether there was anything to hit."""


class Monkey:
    """Carries out a plan, as far as it is let loose; `counts` has the faults that were injected, by kind."""

    def __init__(self, strikes: Iterator[Strike], *, at_most: int | None = None) -> None:
        self._strikes = strikes
        self._at_most = at_most
        self._in_progress: set[asyncio.Task[None]] = set()
        self._costly_in_progress: asyncio.Task[None] | None = None
        self._rests_until = 0.0
        self.counts: Counter[str] = Counter()

    @property
    def is_done(self) -> bool:
        return self._at_most is not None and self.counts.total() >= self._at_most

    @asynccontextmanager
    async def loose(self, injectors: Mapping[str, Injector]) -> AsyncIterator[None]:
        """Inject faults by these injectors while the block lasts; all faults have ended when it does."""
        at_work = asyncio.create_task(self._work(injectors))
        try:
            yield
        finally:
            at_work.cancel()
            outcomes = await asyncio.gather(at_work, *self._in_progress, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, Exception):
                    raise outcome

    async def _work(self, injectors: Mapping[str, Injector]) -> None:
        while not self.is_done:
            strike = next(self._strikes)
            await asyncio.sleep(strike.pause)
            if strike.kind.is_costly and not self._may_begin_a_costly_one():
                continue
            task = asyncio.create_task(self._strike(strike, injectors[strike.kind.name]))
            self._in_progress.add(task)
            task.add_done_callback(self._ended)
            if strike.kind.is_costly:
                self._costly_in_progress = task

    def _ended(self, strike: "asyncio.Task[None]") -> None:
        """A fault whose own code failed is kept, and its error raised in the end."""
        if strike.cancelled() or strike.exception() is None:
            self._in_progress.discard(strike)

    def _may_begin_a_costly_one(self) -> bool:
        return self._costly_in_progress is None and time.monotonic() > self._rests_until

    async def _strike(self, strike: Strike, injector: Injector) -> None:
        try:
            if await injector(strike.dice):
                self.counts[strike.kind.name] += 1
        finally:
            if strike.kind.is_costly:
                self._costly_in_progress = None
                self._rests_until = time.monotonic() + REST
