"""Runs each side of a comparison in a fresh process of its own, on the same kind of event loop."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any, ParamSpec, TypeVar

import structlog
import uvloop

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Side = Callable[[], Coroutine[Any, Any, Result]]


async def alone(
    side: Callable[Arguments, Coroutine[Any, Any, Result]], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Result:
    """Run a side in a process of its own; returns what it returns, and raises what it raises."""
    async with side_by_side([partial(side, *arguments, **named)]) as (running,):
        return await running


@asynccontextmanager
async def side_by_side(sides: Sequence[Side[Result]]) -> AsyncIterator[list[asyncio.Future[Result]]]:
    """Run sides at the same time, each in a process of its own; the block ends when all have ended."""
    with ProcessPoolExecutor(len(sides), mp_context=get_context("spawn")) as executor:
        yield [asyncio.wrap_future(executor.submit(_run, side)) for side in sides]


def _run(side: Side[Result]) -> Result:
    quieten()
    gc.freeze()  # as the programme does once it is started
    return uvloop.run(side())


def quieten() -> None:
    """Log only what goes wrong: the cost of a log line for each message would be measured too."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
