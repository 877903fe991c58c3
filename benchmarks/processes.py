"""Each side of a comparison runs in a fresh process of its own, on the same event loop."""

import gc
import logging
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any, ParamSpec, TypeVar

import structlog
import uvloop

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Side = Callable[[], Coroutine[Any, Any, Result]]


def alone(
    side: Callable[Arguments, Coroutine[Any, Any, Result]], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Result:
    """What a side returns that runs in a process of its own; its errors are raised here."""
    with side_by_side([partial(side, *arguments, **named)]) as (running,):
        return running.result()


@contextmanager
def side_by_side(sides: Sequence[Side[Result]]) -> Iterator[list[Future[Result]]]:
    """Sides that run at a time, each in a process of its own, while the block lasts; it ends when they do."""
    with ProcessPoolExecutor(len(sides), mp_context=get_context("spawn")) as executor:
        yield [executor.submit(_run, side) for side in sides]


def _run(side: Side[Result]) -> Result:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    gc.freeze()  # as the programme does once it is started
    return uvloop.run(side())
