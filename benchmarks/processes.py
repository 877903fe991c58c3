"""Each side of a comparison runs in a fresh process of its own, on the same event loop."""

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
    """What a side returns that runs in a process of its own; its errors are raised here."""
    async with side_by_side([partial(side, *arguments, **named)]) as (running,):
        return await running


@asynccontextmanager
async def side_by_side(sides: Sequence[Side[Result]]) -> AsyncIterator[list[asyncio.Future[Result]]]:
    """Sides that run at a time, each in a process of its own, while the block lasts; it ends when they do."""
    with ProcessPoolExecutor(len(sides), mp_context=get_context("spawn")) as executor:
        yield [asyncio.wrap_future(executor.submit(_run, side)) for side in sides]


def _run(side: Side[Result]) -> Result:
    quieten()
    gc.freeze()  # as the programme does once it is started
    return uvloop.run(side())


def quieten() -> None:
    """Log what goes wrong, and nothing else: a line a message would be measured too."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
