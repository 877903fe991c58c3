"""`cv_checks`: how many CVs intake reads a second that are sent to `/documents` at once, as another system does."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.front_door import TOKEN, a_cv, port_of
from benchmarks.programme import ninthweek
from benchmarks.servers import BenchServers

SIZES = Sizes(smallest=5, usual=60)
"""CVs sent at once."""

GIVEN_UP_AFTER = 300.0
"""Seconds."""


async def measure(servers: BenchServers, number: int) -> AsyncIterator[Reading]:
    """One CV is sent before the others, since the first starts the program that reads them."""
    place = await servers.fresh()
    async with ninthweek("run", "intake", place=place) as programme:
        address = f"http://127.0.0.1:{port_of(programme)}"
        async with httpx.AsyncClient(base_url=address, headers=TOKEN, timeout=GIVEN_UP_AFTER) as portal:
            await _send(portal, a_cv())
            while True:
                cvs = [a_cv() for _ in range(number)]
                began = time.monotonic()
                await asyncio.gather(*(_send(portal, cv) for cv in cvs))
                last = time.monotonic() - began
                yield Reading(
                    Measured(number / last, "checks/s"),
                    {f"the last of {number} is answered after": Measured(last, "s")},
                )


async def _send(portal: httpx.AsyncClient, cv: bytes) -> None:
    answer = await portal.post("/documents", params={"source": "careers-portal"}, files={"file": ("cv.pdf", cv)})
    if answer.status_code != httpx.codes.CREATED or answer.json()["fault"]:
        raise RuntimeError(f"a CV was not read: {answer.status_code}")
