"""Documents outside the database: where their bytes lie, and when they are read."""

import asyncio
import hashlib
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import obstore
from obstore.store import ObjectStore, from_url
from pydantic_settings import BaseSettings

from services.intake import store
from services.intake.reading import PdfReader
from services.intake.rules.documents import Content, Document
from shared.identifiers import new_id
from shared.refusals import Unavailable
from shared.runtime.work import UnitsOfWork

READERS = os.cpu_count() or 1
"""PDFs read at a time: a reader keeps a core busy."""


_READER = PdfReader()


class DocumentSettings(BaseSettings):
    documents_url: str = (Path.cwd() / "var" / "documents").as_uri()
    """Where documents are kept: `file:///…`, or whatever else obstore takes, such as `s3://bucket/folder`."""


@lru_cache
def open_store(url: str) -> "DocumentStore":
    """The store at a URL; raises `ValueError` where it is not the URL of a store, or cannot be opened."""
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
    """Keeps bytes under their digest, so that equal ones are kept and read once."""

    objects: ObjectStore
    reader: PdfReader
    _reading: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(READERS))
    _being_read: dict[str, "asyncio.Task[int | None]"] = field(init=False, default_factory=dict)

    async def take(self, data: bytes, *, source: str, units: UnitsOfWork) -> Document:
        """Keep a document that a system sent, and read it; raises `Unavailable` where that cannot be done now."""
        content = await self.put(data)
        async with units.open() as work:
            document = await store.documents.add(work.connection, new_id(), content, source=source, at=work.now)
        return await self.read(document, units)

    async def put(self, data: bytes) -> Content:
        """Keep bytes, which are still to be read; raises `Unavailable` where they cannot be kept now."""
        digest = hashlib.sha256(data).hexdigest()
        try:
            await obstore.put_async(self.objects, _path(digest), data)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable("The document cannot be kept now; send it again shortly.") from error
        return Content(digest=digest, size=len(data), pages=None, is_read=False)

    async def read(self, document: Document, units: UnitsOfWork) -> Document:
        """The document as it is once its content is read, by this call unless it was before.

        Goes on where whoever waits for it is cancelled. Raises `Unavailable` where it cannot be read now.
        """
        if document.is_read:
            return document
        reading = self._being_read.get(document.digest)
        if reading is None:
            reading = self._being_read[document.digest] = asyncio.create_task(self._read(document, units))
            reading.add_done_callback(lambda ended: self._note_end(document.digest, ended))
        return document.model_copy(update={"pages": await asyncio.shield(reading), "is_read": True})

    async def fetch(self, document: Document) -> bytes:
        try:
            found = await obstore.get_async(self.objects, _path(document.digest))
            return bytes(await found.bytes_async())
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable("The document cannot be fetched now; try again shortly.") from error

    async def _read(self, document: Document, units: UnitsOfWork) -> int | None:
        async with self._reading:
            pages = await self.reader.count_pages(await self.fetch(document))
        async with units.open() as work:
            await store.documents.keep_reading(work.connection, document.digest, pages, at=work.now)
        return pages

    def _note_end(self, digest: str, ended: "asyncio.Task[int | None]") -> None:
        del self._being_read[digest]
        if not ended.cancelled():
            ended.exception()  # nobody may be there any more whom it is to be raised for


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
