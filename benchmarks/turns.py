"""Measures a figure in one checkout, or in two that take turns repeat by repeat, each in a process of its own."""

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.checkout import Checkout
from benchmarks.figure import Figure, Reading, Size
from benchmarks.measuring import Order, reading_from

NO_ANSWER_AFTER = {Size.SMALLEST: 300.0, Size.USUAL: 1_200.0, Size.LONG: 10_800.0}
"""Seconds for a repeat, far more than any needs: one that hangs does not hold up the others for ever."""

ENDS_WITHIN = 40.0
"""Seconds that a process may take to end; then it is killed, with all that it has started."""


class FigureFailed(Exception):
    """A figure gave no number; the text says why in a line, and where its log is."""


@dataclass(frozen=True, slots=True)
class Home:
    """A checkout, and its own part of the servers: two checkouts share nothing there."""

    checkout: Checkout
    database_url: str
    amqp_url: str
    template: str

    def order(self, key: str, size: Size) -> Order:
        return Order(key, size, self.database_url, self.amqp_url, self.template)


async def in_turns(key: str, size: Size, homes: Sequence[Home], *, repeats: int, logs: Path) -> list[Figure]:
    """Measure the figure in each checkout; they take turns, and who begins changes from repeat to repeat.

    Raises `FigureFailed`.
    """
    readings: list[list[Reading]] = [[] for _ in homes]
    async with AsyncExitStack() as stack:
        measurers = [
            await stack.enter_async_context(_measurer(home, key, size, logs / f"{key}-{home.template}.log"))
            for home in homes
        ]
        for repeat in range(repeats):
            turns = list(zip(measurers, readings, strict=True))
            for measurer, own in turns[:: -1 if repeat % 2 else 1]:
                if (reading := await measurer.reading()) is not None:
                    own.append(reading)
    return [Figure.of(own) for own in readings]


@dataclass(frozen=True, slots=True)
class _Measurer:
    process: Process
    patience: float
    where: str
    log: Path

    async def reading(self) -> Reading | None:
        """Ask for the next reading; `None` where no more are needed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(b"\n")
            async with asyncio.timeout(self.patience):
                answer = json.loads(await self.process.stdout.readline() or '{"failure": "its process died"}')
        except TimeoutError:
            answer = {"failure": f"no number within {self.patience:.0f} s"}
        if answer is not None and "failure" in answer:
            raise FigureFailed(f"{self.where}{answer['failure']} (see {self.log})")
        return answer and reading_from(answer)


@asynccontextmanager
async def _measurer(home: Home, key: str, size: Size, log: Path) -> AsyncIterator[_Measurer]:
    """A measuring process, while the block lasts; it has its own process group, so that all it starts ends with it."""
    checkout = home.checkout
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            checkout.python,
            # Without -P the checkout's own benchmarks would come first.
            *("-P", "-m", "benchmarks.measuring"),
            cwd=checkout.root,
            env=checkout.environment(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=output,
            start_new_session=True,
        )
    assert process.stdin is not None
    process.stdin.write(home.order(key, size).to_json().encode() + b"\n")
    where = "" if checkout == Checkout.this() else f"in {checkout.root}: "
    try:
        yield _Measurer(process, NO_ANSWER_AFTER[size], where, log)
    except BaseException:
        with suppress(ProcessLookupError):
            process.terminate()
        raise
    finally:
        process.stdin.close()
        await _ended(process)


async def _ended(process: Process) -> None:
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDS_WITHIN):
                await process.wait()
    finally:
        if process.returncode != 0:  # 0 means that all that it started has ended before it
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
