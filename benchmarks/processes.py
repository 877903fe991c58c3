"""Each side of a comparison runs in a fresh process of its own, on the same event loop."""

import gc
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any, ParamSpec, TypeVar

import structlog
import uvloop

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def alone(
    side: Callable[Arguments, Coroutine[Any, Any, Result]], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Result:
    """What a side returns that runs in a process of its own; its errors are raised here."""
    return side_by_side([partial(side, *arguments, **named)])[0]


def side_by_side(sides: Sequence[Callable[[], Coroutine[Any, Any, Result]]]) -> list[Result]:
    """What sides return that run at a time, each in a process of its own."""
    with ProcessPoolExecutor(len(sides), mp_context=get_context("spawn")) as executor:
        running: list[Future[Result]] = [executor.submit(_run, side) for side in sides]
        return [one.result() for one in running]


def _run(side: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    gc.freeze()  # as the programme does once it is started
    return uvloop.run(side())
