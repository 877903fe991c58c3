import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from services.intake.documents import ENDED_BY_THE_DOCUMENT, open_store, read_pages
from services.intake.rules.documents import Content, fault_in_pages
from tests.support.intake import a_pdf


def a_pdf_that_swells() -> bytes:
    """A PDF of two hundred kilobytes whose table of contents is 200 MB once it is decompressed."""
    squeezer = zlib.compressobj()
    squeezed = b"".join(squeezer.compress(bytes(1_000_000)) for _ in range(200)) + squeezer.flush()
    header = b"%PDF-1.5\n"
    table = b"<</Type/XRef/W[1 2 1]/Size 50000000/Root 2 0 R/Filter/FlateDecode/Length %d>>" % len(squeezed)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(header)
    return header + b"1 0 obj\n" + table + b"stream\n" + squeezed + end


@pytest.mark.parametrize("pages", [1, 2])
async def test_the_pages_of_a_pdf_are_counted(pages: int) -> None:
    assert await read_pages(a_pdf(pages)) == pages


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
async def test_what_is_not_a_readable_pdf_has_no_pages(data: bytes) -> None:
    assert await read_pages(data) is None


async def test_a_pdf_that_swells_is_not_readable() -> None:
    assert await read_pages(a_pdf_that_swells()) is None


def status_of_a_reader_that(deed: str) -> int:
    """The exit status of a process under the reader's limits."""
    program = f"from services.intake import pdf_reader as reader\nreader.limit_resources()\n{deed}"
    return subprocess.run([sys.executable, "-c", program], check=False, capture_output=True).returncode


def test_a_reader_gets_no_more_memory_than_its_limit() -> None:
    assert status_of_a_reader_that("bytearray(reader.BYTES_OF_MEMORY)") == 1


def test_a_reader_writes_no_file(tmp_path: Path) -> None:
    file = tmp_path / "left"
    assert status_of_a_reader_that(f"with open({str(file)!r}, 'w') as file: file.write('x')") == 1
    assert file.read_bytes() == b""


def test_a_reader_that_takes_too_long_is_ended() -> None:
    hurry = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))"
    status = status_of_a_reader_that(f"{hurry}\nwhile True: pass")
    assert status in ENDED_BY_THE_DOCUMENT


@pytest.mark.parametrize(("pages", "is_cv"), [(1, True), (0, False), (2, False), (None, False)])
def test_a_cv_is_a_pdf_of_exactly_one_page(pages: int | None, is_cv: bool) -> None:
    assert (fault_in_pages(Content(digest="00", size=1, pages=pages)) is None) == is_cv


@pytest.mark.parametrize("url", ["documents", "ftp://elsewhere/documents", "file://documents"])
def test_a_url_that_is_no_stores_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(ValueError, match=r"DOCUMENTS_URL cannot be opened .*: name a folder as file:///path"):
        open_store(url)
