"""`deadline_rush`: how many students a second can send the form with a CV, and how soon CVs are decided."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from statistics import quantiles
from uuid import uuid4

import asyncpg

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.front_door import LOOKS_EVERY, a_cv, open_applications, port_of, project_id, student_id
from benchmarks.programme import ninthweek
from benchmarks.servers import BenchServers
from shared.web.sessions import cookie_name
from tests.support.visitors import SETTINGS, session_cookie, student

SLOWEST = 2.0
"""Seconds that 99 of 100 students may be kept waiting, from the form to the page that answers it."""

GIVEN_UP_AFTER = 40.0
"""Seconds."""

FIRST_RATE, STEP = 2.0, 1.4
"""Students a second of the first try, and the factor by which each next try has more."""

LASTING_RATE = 20
"""Students a second of the rush that lasts."""

OK, SEE_OTHER, UNAVAILABLE_FROM = 200, 303, 500

DECIDED = "select count(*) from applications where state = 'received'"

STATEMENT = "I enjoy making a messy table tell the truth, and would like to see how a museum decides. " * 15


@dataclass(frozen=True, slots=True)
class Rush:
    """Seconds of each try, how many tries at most, and seconds of the rush that lasts."""

    of_a_try: int
    tries: int
    lasting: int

    @property
    def students(self) -> int:
        """How many students are needed for none to apply twice."""
        return (
            sum(_students_of(_rate(number), self.of_a_try) for number in range(self.tries))
            + LASTING_RATE * self.lasting
        )


SIZES = Sizes(smallest=Rush(1, 1, 1), usual=Rush(10, 12, 30), long=Rush(20, 12, 600))


async def measure(servers: BenchServers, rush: Rush) -> AsyncIterator[Reading]:
    """The figure is the highest rate at which 99 of 100 students were answered in time.

    Each try has a higher rate than the one before. After them comes a rush that lasts, of twenty students a second, or
    fewer where the figure is less.
    """
    while True:
        place = await servers.fresh()
        async with ninthweek("run", "intake", place=place) as programme:
            await open_applications(place, programme, rush.students)
            administrator = await asyncpg.connect(place.database_url, server_settings={"search_path": "intake"})
            students = Students(port_of(programme), administrator)
            yield await _measure(students, rush)
            await administrator.close()


async def _measure(students: "Students", rush: Rush) -> Reading:
    most = slowest = 0.0
    for number in range(rush.tries):
        tried = await students.apply(_rate(number), rush.of_a_try)
        if tried.p99 > SLOWEST and number:
            break
        most, slowest = _rate(number), tried.p99
    lasting = await students.apply(min(LASTING_RATE, most), rush.lasting)
    return Reading(
        Measured(most, "students/s"),
        {
            "p99 at that": Measured(slowest, "s"),
            f"students a second, for {rush.lasting} s": Measured(min(LASTING_RATE, most), "students/s"),
            "p99 of these": Measured(lasting.p99, "s"),
            "from the last of these until every CV is decided": Measured(lasting.decided_after, "s"),
        },
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """Seconds within which 99 of 100 were answered, and from the last form until every application was decided."""

    p99: float
    decided_after: float


class Students:
    """Students who each apply once, from a browser of their own."""

    def __init__(self, port: int, administrator: asyncpg.Connection) -> None:
        self._port = port
        self._administrator = administrator
        self._numbers = count()
        self._sent = 0

    async def apply(self, rate: float, seconds: int) -> Answered:
        """Send forms at an even rate, whether earlier ones are answered or not; then wait until all are decided."""
        forms = [self._form(next(self._numbers)) for _ in range(_students_of(rate, seconds))]
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as browsers:
            tasks = []
            for number, form in enumerate(forms):
                await asyncio.sleep(began + number / rate - loop.time())
                tasks.append(browsers.create_task(self._apply(form)))
            last = time.monotonic()
        took = [task.result() for task in tasks]
        self._sent += sum(each < GIVEN_UP_AFTER for each in took)
        while await self._administrator.fetchval(DECIDED) < self._sent:
            await asyncio.sleep(LOOKS_EVERY)
        return Answered(quantiles(took, n=100, method="inclusive")[98], time.monotonic() - last)

    async def _apply(self, form: "Form") -> float:
        """Send a form and open the page that it leads to; returns the seconds. A refusal counts as `GIVEN_UP_AFTER`."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(GIVEN_UP_AFTER):
                status, page = await self._ask(form.request)
                if status == SEE_OTHER:
                    status, _ = await self._ask(_get(page, form.cookie))
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            return GIVEN_UP_AFTER
        if status < OK or OK < status < UNAVAILABLE_FROM:
            raise RuntimeError(f"a form was answered with {status}")
        return time.monotonic() - began if status == OK else GIVEN_UP_AFTER

    async def _ask(self, request: bytes) -> tuple[int, str]:
        """The status of the answer, and the page that it redirects to."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(request)
            first, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            await reader.read()
        finally:
            writer.close()
        led = (line.partition(": ")[2] for line in headers if line.lower().startswith("location:"))
        return int(first.split()[1]), next(led, "")

    @staticmethod
    def _form(number: int) -> "Form":
        cookie = f"{cookie_name(SETTINGS)}={session_cookie(student(student_id(number)))}"
        return Form(_post(f"/catalogue/{project_id(number)}/application", cookie), cookie)


@dataclass(frozen=True, slots=True)
class Form:
    """A request that sends a form, and the cookie of its student's session."""

    request: bytes
    cookie: str


def _post(path: str, cookie: str) -> bytes:
    """A form with a CV, as a browser sends it."""
    boundary = uuid4().hex
    fields = {"application_id": str(uuid4()), "preference": "1", "statement": STATEMENT}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="cv.pdf"\r\n'
    body = b"".join(
        (
            "".join(parts).encode(),
            f"{file}Content-Type: application/pdf\r\n\r\n".encode(),
            a_cv(),
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )
    return _head("POST", path, cookie, f"multipart/form-data; boundary={boundary}", len(body)) + body


def _get(path: str, cookie: str) -> bytes:
    return _head("GET", path, cookie)


def _head(method: str, path: str, cookie: str, content_type: str = "", length: int = 0) -> bytes:
    content = f"Content-Type: {content_type}\r\nContent-Length: {length}\r\n" if length else ""
    common = "Host: 127.0.0.1\r\nAccept: text/html\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
    return f"{method} {path} HTTP/1.1\r\n{common}Cookie: {cookie}\r\n{content}\r\n".encode()


def _rate(number: int) -> float:
    """Students a second of a try; the first is number 0."""
    return FIRST_RATE * STEP**number


def _students_of(rate: float, seconds: int) -> int:
    return math.ceil(rate * seconds)
