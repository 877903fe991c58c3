"""The program that reads what students upload."""

import asyncio
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil
import pytest

from services.intake.outside.reading import ENDED_BY_THE_DOCUMENT, PdfReader
from shared.refusals import Unavailable
from tests.support.intake import a_pdf, reads_documents
from tests.support.waiting import until


@pytest.fixture
async def reader() -> AsyncIterator[PdfReader]:
    reader = PdfReader()
    yield reader
    reader.end()


@cache
def a_pdf_that_decompresses_to_200_mb() -> bytes:
    """A PDF of two hundred kilobytes whose table of contents is 200 MB once it is decompressed."""
    squeezer = zlib.compressobj()
    squeezed = b"".join(squeezer.compress(bytes(1_000_000)) for _ in range(200)) + squeezer.flush()
    header = b"%PDF-1.5\n"
    table = b"<</Type/XRef/W[1 2 1]/Size 50000000/Root 2 0 R/Filter/FlateDecode/Length %d>>" % len(squeezed)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(header)
    return header + b"1 0 obj\n" + table + b"stream\n" + squeezed + end


@cache
def a_pdf_that_takes_long() -> bytes:
    """A PDF of a hundred thousand pages, which keep a reader busy for seconds."""
    number = 100_000
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (number, b"3 0 R " * number),
        b"<</Type/Page/Parent 2 0 R>>",
    )
    written, places = b"%PDF-1.4\n", b""
    for position, content in enumerate(objects, start=1):
        places += b"%010d 00000 n \n" % len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (position, content)
    table = b"xref\n0 4\n0000000000 65535 f \n" + places
    return written + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(written)


@pytest.mark.parametrize("pages", [1, 2])
async def test_the_pages_of_a_pdf_are_counted(reader: PdfReader, pages: int) -> None:
    assert await reader.count_pages(a_pdf(pages)) == pages


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Curriculum vitae, in plain text.\n",
        b"%PDF-1.7\n%%EOF",
        a_pdf(1)[:300],
        a_pdf(1, password="for nobody"),
    ],
    ids=["empty", "text", "no pages", "cut off", "locked"],
)
async def test_what_is_not_a_readable_pdf_has_no_pages(reader: PdfReader, data: bytes) -> None:
    assert await reader.count_pages(data) is None


async def test_a_pdf_that_decompresses_to_too_much_is_not_readable(reader: PdfReader) -> None:
    assert await reader.count_pages(a_pdf_that_decompresses_to_200_mb()) is None


def exit_status_of(code: str) -> int:
    """The exit status of a process that runs code under the reader's limits."""
    program = f"from services.intake.outside import pdf_reader as reader\nreader.limit_resources()\n{code}"
    return subprocess.run([sys.executable, "-c", program], check=False, capture_output=True).returncode


def test_a_reader_gets_no_more_memory_than_its_limit() -> None:
    assert exit_status_of("bytearray(reader.BYTES_OF_MEMORY)") == 1


def test_a_reader_writes_no_file(tmp_path: Path) -> None:
    file = tmp_path / "left"
    assert exit_status_of(f"with open({str(file)!r}, 'w') as file: file.write('x')") == 1
    assert file.read_bytes() == b""


def test_a_reader_that_takes_too_long_is_ended() -> None:
    short_limit = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 10))"
    status = exit_status_of(f"{short_limit}\nwhile True: pass")
    assert status in ENDED_BY_THE_DOCUMENT


async def test_many_documents_are_read_at_the_same_time(reader: PdfReader) -> None:
    documents = [a_pdf(1 + number % 3) if number % 4 else b"no PDF" for number in range(24)]
    expected = [1 + number % 3 if number % 4 else None for number in range(24)]
    assert await asyncio.gather(*map(reader.count_pages, documents)) == expected


async def test_a_reader_that_dies_while_reading_makes_the_document_unavailable_and_is_started_again(
    reader: PdfReader,
) -> None:
    reading = asyncio.create_task(reader.count_pages(a_pdf_that_takes_long()))
    parent, child = await busy_reader()
    parent.kill()
    with pytest.raises(Unavailable):
        await reading
    assert await reader.count_pages(a_pdf()) == 1
    await until(gone(parent, child))


async def test_a_child_that_somebody_else_kills_makes_the_document_unavailable(reader: PdfReader) -> None:
    reading = asyncio.create_task(reader.count_pages(a_pdf_that_takes_long()))
    parent, child = await busy_reader()
    child.kill()
    with pytest.raises(Unavailable):
        await reading
    assert await reader.count_pages(a_pdf()) == 1
    assert parent.is_running()


async def test_a_document_that_breaks_its_child_is_not_readable(reader: PdfReader) -> None:
    reading = asyncio.create_task(reader.count_pages(a_pdf_that_takes_long()))
    _, child = await busy_reader()
    child.send_signal(signal.SIGSEGV)
    assert await reading is None


async def test_reading_stops_when_its_caller_is_cancelled(reader: PdfReader) -> None:
    reading = asyncio.create_task(reader.count_pages(a_pdf_that_takes_long()))
    parent, child = await busy_reader()
    reading.cancel()
    await until(gone(child))
    assert await reader.count_pages(a_pdf()) == 1
    assert parent.is_running()


async def test_parent_and_child_have_nothing_open_but_what_they_read_from(reader: PdfReader) -> None:
    kept_open, _ = os.pipe()
    os.set_inheritable(kept_open, True)
    reading = asyncio.create_task(reader.count_pages(a_pdf_that_takes_long()))
    parent, child = await busy_reader()

    async def has_only_its_document_open() -> bool:
        return len(open_in(child)) == 1

    service, *rest = open_in(parent)
    assert service.startswith("socket:")
    assert [each for each in rest if each.startswith("/")] == [os.devnull, os.devnull]
    await until(has_only_its_document_open)
    assert (parent.environ(), child.environ()) == ({}, {})

    async def has_only_its_socket_open() -> bool:
        return open_in(parent) == [service, os.devnull, os.devnull]

    reading.cancel()
    await until(has_only_its_socket_open)


def open_in(process: psutil.Process) -> list[str]:
    """What a process has open, in the order of the descriptors."""
    found_open = []
    for descriptor in sorted(Path(f"/proc/{process.pid}/fd").iterdir(), key=lambda path: int(path.name)):
        with suppress(FileNotFoundError):  # it was closed meanwhile
            found_open.append(str(descriptor.readlink()))
    return found_open


SERVICE = """
import asyncio, sys
from services.intake.outside.reading import PdfReader
asyncio.run(PdfReader().count_pages(sys.stdin.buffer.read()))
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
async def test_no_process_is_left_when_the_service_ends(how: signal.Signals) -> None:
    service = psutil.Popen([sys.executable, "-c", SERVICE], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    service.stdin.write(a_pdf_that_takes_long())
    service.stdin.close()
    parent, child = await busy_reader(service)
    service.send_signal(how)
    service.wait()
    await until(gone(parent, child))


SECONDS_TO_BE_BUSY = 0.1
"""Of processor time. A child that has used them is reading its document, and has closed everything else."""


async def busy_reader(service: psutil.Process | None = None) -> tuple[psutil.Process, psutil.Process]:
    """The parent that a process has started, and its child, once the child is busy with a document."""
    found: list[tuple[psutil.Process, psutil.Process]] = []

    async def is_busy() -> bool:
        started = (service or psutil.Process()).children(recursive=True)
        reading = {process.pid: process for process in started if reads_documents(process)}
        with suppress(psutil.NoSuchProcess):
            found[:] = [
                (reading[child.ppid()], child)
                for child in reading.values()
                if child.ppid() in reading and child.cpu_times().user > SECONDS_TO_BE_BUSY
            ]
        return len(found) == 1

    await until(is_busy)
    return found[0]


def gone(*processes: psutil.Process) -> Callable[[], Awaitable[bool]]:
    async def are_gone() -> bool:
        return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)

    return are_gone
