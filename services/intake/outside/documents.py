"""The bytes of documents: stored outside the database, and read to count their pages."""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import obstore
from obstore.store import ObjectStore, from_url
from pydantic_settings import BaseSettings

from services.intake.outside.reading import PdfReader
from shared.refusals import Unavailable

READERS = os.cpu_count() or 1
"""How many PDFs are read at a time: a reader keeps a core busy."""


_READER = PdfReader()


class DocumentSettings(BaseSettings):
    documents_url: str = (Path.cwd() / "var" / "documents").as_uri()
    """Where documents are kept: `file:///…`, or whatever else obstore takes, such as `s3://bucket/folder`."""


@lru_cache
def open_store(url: str) -> "DocumentStore":
    """The store at a URL; raises `ValueError` if it is not the URL of a store, or cannot be opened."""
    try:
        objects = from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)
    except (obstore.exceptions.BaseError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"DOCUMENTS_URL cannot be opened ({reason}): name a folder as file:///path.") from error
    return DocumentStore(objects, _READER)


def document_store() -> "DocumentStore":
    return open_store(DocumentSettings().documents_url)


@dataclass(eq=False)
class DocumentStore:
    """Stores bytes under their digest, so that equal ones are stored and read once."""

    objects: ObjectStore
    reader: PdfReader
    _reading: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(READERS))
    _being_read: dict[str, "asyncio.Task[int | None]"] = field(init=False, default_factory=dict)

    async def put(self, data: bytes) -> str:
        """Store bytes; returns the digest to fetch them by. Raises `Unavailable` if they cannot be stored now."""
        digest = hashlib.sha256(data).hexdigest()
        try:
            await obstore.put_async(self.objects, _path(digest), data)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable("The document cannot be kept now; send it again shortly.") from error
        return digest

    async def fetch(self, digest: str) -> bytes:
        try:
            found = await obstore.get_async(self.objects, _path(digest))
            return bytes(await found.bytes_async())
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable("The document cannot be fetched now; try again shortly.") from error

    async def read(self, digest: str, keep: Callable[[int | None], Awaitable[None]]) -> int | None:
        """The number of pages of a PDF, recorded by `keep`; `None` if it is not a PDF that can be read.

        However many callers wait for the same bytes, they are read once. The reading goes on to its end even if those
        callers are cancelled. Raises `Unavailable` if the document cannot be read now.
        """
        reading = self._being_read.get(digest)
        if reading is None:
            reading = self._being_read[digest] = asyncio.create_task(self._read(digest, keep))
            reading.add_done_callback(lambda ended: self._forget(digest, ended))
        return await asyncio.shield(reading)

    async def _read(self, digest: str, keep: Callable[[int | None], Awaitable[None]]) -> int | None:
        async with self._reading:
            pages = await self.reader.count_pages(await self.fetch(digest))
        await keep(pages)
        return pages

    def _forget(self, digest: str, ended: "asyncio.Task[int | None]") -> None:
        del self._being_read[digest]
        if not ended.cancelled():
            ended.exception()  # marks it as retrieved: every caller that would raise it may have been cancelled


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
