"""Keep documents, read each once, and fetch them for people who may read them."""

import asyncio
from typing import Final
from uuid import UUID

from services.intake import rules, store
from services.intake.outside.documents import document_store
from services.intake.rules.documents import Content, Document, DocumentInUse, Reader
from services.intake.rules.submissions import OUR_PAGES
from shared.contracts.faults import Fault
from shared.identifiers import new_id
from shared.refusals import Invalid, NotFound, Unavailable
from shared.runtime.work import UnitsOfWork, Work

SECONDS_TO_CHECK_CV: Final = 1.0
"""The longest that a student who chooses a CV waits to see what is wrong with it."""


async def keep_document(data: bytes, source: str, units: UnitsOfWork) -> Document:
    """Keep a document that a system sent, and read it; raises `Unavailable` if that cannot be done now."""
    content = await keep_content(data)
    async with units.open() as work:
        document = await store.documents.add(work.connection, new_id(), content, source=source, at=work.now)
    return await read_document(document, units)


async def keep_cv(data: bytes, student_id: str, units: UnitsOfWork) -> Document:
    """Keep a CV that a student chose, and read it if that takes no longer than `SECONDS_TO_CHECK_CV`.

    A CV that takes longer stays unread for now: it is read before its application is decided. Raises `Invalid` if the
    CV is too large, or was read and has a fault.
    """
    _check(rules.documents.fault_in_size(data))
    content = await keep_content(data)
    async with units.open() as work:
        document = await store.documents.add(
            work.connection, new_id(), content, source=OUR_PAGES, at=work.now, student_id=student_id
        )
    try:
        async with asyncio.timeout(SECONDS_TO_CHECK_CV):
            document = await read_document(document, units)
    except (TimeoutError, Unavailable):
        return document
    _check(rules.documents.fault_in_pages(document))
    return document


async def keep_content(data: bytes) -> Content:
    """Keep bytes without reading them; raises `Unavailable` if they cannot be kept now."""
    digest = await document_store().put(data)
    return Content(digest=digest, size=len(data), pages=None, is_read=False)


async def read_document(document: Document, units: UnitsOfWork) -> Document:
    """The document with its content read, by this call unless it was read before.

    The reading goes on if the caller is cancelled. Raises `Unavailable` if the document cannot be read now.
    """
    if document.is_read:
        return document

    async def keep(pages: int | None) -> None:
        async with units.open() as work:
            await store.documents.keep_reading(work.connection, document.digest, pages, at=work.now)

    pages = await document_store().read(document.digest, keep)
    return document.model_copy(update={"pages": pages, "is_read": True})


async def fetch_document(document_id: UUID, reader: Reader, work: Work) -> tuple[DocumentInUse, bytes]:
    """A document and its bytes, for somebody who may read it; raises `NotFound` for anybody else."""
    found = await store.documents.find_in_use(work.connection, document_id)
    if found is None or not rules.documents.may_read(reader, found, work.now):
        raise NotFound("There is no document of this id that you may read.")
    return found, await document_store().fetch(found.document.digest)


def _check(reason: str | None) -> None:
    if reason:
        raise Invalid([Fault(field="cv", reason=reason)])
