"""Documents are kept, read once, and given to whoever may read them."""

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

SECONDS_TO_SAY: Final = 1.0
"""That somebody who chooses a CV is kept waiting for what is wrong with it."""


async def keep_document(data: bytes, source: str, units: UnitsOfWork) -> Document:
    """Keep a document that a system sent, and read it; raises `Unavailable` where that cannot be done now."""
    content = await keep_content(data)
    async with units.open() as work:
        document = await store.documents.add(work.connection, new_id(), content, source=source, at=work.now)
    return await read_document(document, units)


async def keep_cv(data: bytes, student_id: str, units: UnitsOfWork) -> Document:
    """Keep a CV that a student chose; unread where that takes long, since it is read before it counts.

    Raises `Invalid` where something is wrong with it and that is soon known.
    """
    _check(rules.documents.fault_in_size(data))
    content = await keep_content(data)
    async with units.open() as work:
        document = await store.documents.add(
            work.connection, new_id(), content, source=OUR_PAGES, at=work.now, student_id=student_id
        )
    try:
        async with asyncio.timeout(SECONDS_TO_SAY):
            document = await read_document(document, units)
    except (TimeoutError, Unavailable):
        return document
    _check(rules.documents.fault_in_pages(document))
    return document


async def keep_content(data: bytes) -> Content:
    """Keep bytes, which are still to be read; raises `Unavailable` where they cannot be kept now."""
    digest = await document_store().put(data)
    return Content(digest=digest, size=len(data), pages=None, is_read=False)


async def read_document(document: Document, units: UnitsOfWork) -> Document:
    """The document as it is once its content is read, by this call unless it was before.

    Goes on where whoever waits for it is cancelled. Raises `Unavailable` where it cannot be read now.
    """
    if document.is_read:
        return document

    async def keep(pages: int | None) -> None:
        async with units.open() as work:
            await store.documents.keep_reading(work.connection, document.digest, pages, at=work.now)

    pages = await document_store().read(document.digest, keep)
    return document.model_copy(update={"pages": pages, "is_read": True})


async def fetch_document(document_id: UUID, reader: Reader, work: Work) -> tuple[DocumentInUse, bytes]:
    """A document for somebody who may read it, and its bytes; raises `NotFound` for anybody else."""
    found = await store.documents.find_in_use(work.connection, document_id)
    if found is None or not rules.documents.may_read(reader, found, work.now):
        raise NotFound("There is no document of this id that you may read.")
    return found, await document_store().fetch(found.document.digest)


def _check(reason: str | None) -> None:
    if reason:
        raise Invalid([Fault(field="cv", reason=reason)])
