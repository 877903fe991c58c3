"""The program that measures one figure, one repeat at each request. `turns` starts it.

Its first line of input is an `Order`. Each further line asks for a reading; the answer is a line of JSON: the reading,
`null` where no more are needed, or why there is none. All other output goes to the figure's log.
"""

import asyncio
import json
import math
import os
import signal
import sys
import traceback
from contextlib import aclosing
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

import uvloop

import shared
from benchmarks.figure import Measured, Reading, Size
from benchmarks.figures import FIGURES
from benchmarks.processes import quieten
from benchmarks.servers import BenchServers

LONGEST_REASON = 300
"""Characters: the reason is printed in a line; the whole of it is in the log."""


@dataclass(frozen=True, slots=True)
class Order:
    """Which figure is to be measured, and on which servers."""

    key: str
    size: Size
    database_url: str
    amqp_url: str
    template: str

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Order":
        facts = json.loads(line)
        return cls(**(facts | {"size": Size(facts["size"])}))


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    quieten()
    order = Order.from_json(sys.stdin.readline())
    try:
        uvloop.run(_answer(order, answers))
    except Exception as error:  # noqa: BLE001 - whatever it is, the other figures go on
        traceback.print_exc()
        answers.write(json.dumps({"failure": reason(error)}) + "\n")
        raise SystemExit(1) from None


async def _answer(order: Order, answers: TextIO) -> None:
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    if (found := Path(shared.__file__).parents[1]) != Path.cwd():
        raise RuntimeError(f"the product found is that of {found}: make .venv again")
    module = import_module(FIGURES[order.key].module)
    servers = BenchServers(order.database_url, order.amqp_url, order.template)
    async with aclosing(module.measure(servers, module.SIZES[order.size])) as readings:
        while await asyncio.to_thread(sys.stdin.readline):
            reading = await anext(readings, None)
            answers.write(json.dumps(None if reading is None else _checked(reading)) + "\n")


def _checked(reading: Reading) -> dict[str, Any]:
    for name, measured in {"the figure": reading.own, **reading.peers}.items():
        if not math.isfinite(measured.number):
            raise ValueError(f"{name} is no number: {measured.number}")
    return asdict(reading)


def reading_from(answer: dict[str, Any]) -> Reading:
    """The reading in an answer: the inverse of `_checked`."""
    return Reading(Measured(*answer["own"]), {name: Measured(*peer) for name, peer in answer["peers"].items()})


def reason(error: BaseException) -> str:
    """What went wrong, in a line: of several errors, the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:LONGEST_REASON]


if __name__ == "__main__":
    main()
