"""Documents outside the database: where their bytes lie, and how they are read without trusting them."""

import asyncio
import hashlib
import signal
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import obstore
from obstore.store import ObjectStore, from_url
from pydantic_settings import BaseSettings

from services.intake import pdf_reader, store
from services.intake.rules.documents import Content, Document
from shared.identifiers import new_id
from shared.runtime.work import UnitsOfWork
from shared.web.problems import Unavailable

READERS = 2
"""PDFs read at a time: a reader keeps a core busy."""

SECONDS_TO_READ = 30
"""For a reader to end, however busy the machine is; its own limit is of processor time."""

ENDED_BY_THE_DOCUMENT = {pdf_reader.NOT_READABLE, -signal.SIGXCPU, -signal.SIGSEGV, -signal.SIGABRT}
"""How a reader ends that its document stopped: refused, out of time, or broken."""


class DocumentSettings(BaseSettings):
    documents_url: str = (Path.cwd() / "var" / "documents").as_uri()
    """Where documents are kept: `file:///…`, or whatever else obstore takes, such as `s3://bucket/folder`."""


@lru_cache
def open_store(url: str) -> "DocumentStore":
    """The store at a URL; raises `ValueError` where it is not the URL of a store, or cannot be opened."""
    try:
        return DocumentStore(from_url(url, mkdir=True) if url.startswith("file:") else from_url(url))
    except (obstore.exceptions.BaseError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"DOCUMENTS_URL cannot be opened ({reason}): name a folder as file:///path.") from error


def document_store() -> "DocumentStore":
    return open_store(DocumentSettings().documents_url)


@dataclass(eq=False)
class DocumentStore:
    """Keeps bytes under their digest, so that equal ones are kept and read once."""

    objects: ObjectStore
    _readers: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(READERS))
    _being_read: dict[str, "asyncio.Task[int | None]"] = field(init=False, default_factory=dict)

    async def take(self, data: bytes, *, source: str, units: UnitsOfWork, student_id: str | None = None) -> Document:
        """Keep a document that a system, or a student from our pages, sent; read it unless its content was read before.

        Units of work are opened before and after, not meanwhile. Raises `Unavailable` where the bytes cannot be kept or
        read now.
        """
        digest = hashlib.sha256(data).hexdigest()
        async with units.open() as work:
            content = await store.documents.find_content(work.connection, digest)
        if content is None:
            await self._keep(digest, data)
            content = Content(digest=digest, size=len(data), pages=await self._pages(digest, data))
        document = Document(document_id=new_id(), source=source, **dict(content))
        async with units.open() as work:
            await store.documents.add(work.connection, document, at=work.now, student_id=student_id)
        return document

    async def fetch(self, document: Document) -> bytes:
        try:
            found = await obstore.get_async(self.objects, _path(document.digest))
            return bytes(await found.bytes_async())
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable("The document cannot be fetched now; try again shortly.") from error

    async def _keep(self, digest: str, data: bytes) -> None:
        try:
            await obstore.put_async(self.objects, _path(digest), data)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable("The document cannot be kept now; send it again shortly.") from error

    async def _pages(self, digest: str, data: bytes) -> int | None:
        """The pages of a PDF; `None` for what cannot be read as one. Whoever sends the same meanwhile waits along."""
        reading = self._being_read.get(digest)
        if reading is None:
            reading = self._being_read[digest] = asyncio.create_task(self._read(data))
            reading.add_done_callback(lambda _: self._being_read.pop(digest))
        return await asyncio.shield(reading)

    async def _read(self, data: bytes) -> int | None:
        async with self._readers:
            return await read_pages(data)


async def read_pages(data: bytes) -> int | None:
    """The pages of a PDF, counted in a process of its own; `None` for what cannot be read as one within its limits.

    Raises `Unavailable` where the process was ended by anything but the document.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        pdf_reader.__file__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(SECONDS_TO_READ):
            printed, _ = await process.communicate(data)
    except TimeoutError as error:
        raise Unavailable("The document cannot be read now; send it again shortly.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return int(printed)
    if process.returncode in ENDED_BY_THE_DOCUMENT:
        return None
    raise Unavailable("The document cannot be read now; send it again shortly.")


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
