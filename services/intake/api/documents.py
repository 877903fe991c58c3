"""Documents: CVs, sent before the application that names them."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response, status
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from services.intake import rules
from services.intake.actions.documents import fetch_document, keep_document
from services.intake.dependencies import UnitsAre, WorkIs
from services.intake.rules.documents import LARGEST_DOCUMENT, TOO_LARGE, Reader
from shared.contracts.directory import outside_system
from shared.contracts.faults import Fault
from shared.contracts.fields import DocumentId
from shared.refusals import Forbidden, Invalid, TooLarge
from shared.web import Caller, CallerIs, Purpose, Role

routes = APIRouter(tags=["documents"])

MULTIPART_OVERHEAD = 10_000
"""Bytes that a body may have beside the document: its boundaries and headers."""

NO_FILE = Fault(field="file", reason="Send one document, as the file `file` of a form (multipart/form-data).")


class DocumentTaken(BaseModel):
    """A document that is kept, whatever it is. Whether it may be a CV is checked when an application names it."""

    document_id: Annotated[DocumentId, Field(description="The id by which an application names it.")]
    sha256: Annotated[str, Field(description="The digest of its bytes, in hexadecimal.")]
    size: Annotated[int, Field(description="In bytes.")]
    pages: Annotated[int | None, Field(description="Null where it is not a PDF that can be read.")]
    fault: Annotated[str | None, Field(description="Why it cannot be a CV, in words.")]


_ONE_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


async def source_of(caller: CallerIs, source: str | None = None) -> str:
    """The system that a document comes from: the caller itself, or the one that staff send it for."""
    if caller.role not in {Role.SYSTEM, Role.STAFF}:
        raise Forbidden("This is for other systems; students send a CV with their application.")
    named = source or (None if caller.is_staff else caller.name)
    if named is None or outside_system(named) is None:
        raise Invalid(
            [Fault(field="source", reason="Say for which outside system you send it: ?source=careers-portal.")]
        )
    if not caller.is_staff and named != caller.name:
        raise Invalid([Fault(field="source", reason=f"{caller.name} sends documents as {caller.name} alone.")])
    return named


@routes.post(
    "/documents",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=_ONE_FILE,
    responses={413: {"description": "The document is too large."}},
)
async def take_document(request: Request, units: UnitsAre, source: Annotated[str, Depends(source_of)]) -> DocumentTaken:
    """Keep a document of at most 5 MB, sent as the file `file` of a form; applications name it by the id given here."""
    document = await keep_document(await _one_file(request), source, units)
    return DocumentTaken(
        document_id=document.document_id,
        sha256=document.digest,
        size=document.size,
        pages=document.pages,
        fault=rules.documents.fault_in_pages(document),
    )


@routes.get("/documents/{document_id}", response_class=Response)
async def show_document(document_id: UUID, caller: CallerIs, work: WorkIs) -> Response:
    """The bytes of a document, to be saved and not shown: they are what somebody sent.

    Its student, the host of a project applied to with it until the round's end, and staff may read it.
    """
    reader = _reader(caller)
    found, data = await fetch_document(document_id, reader, work)
    name = quote(rules.documents.file_name(reader, found, work.now), safe="")
    return Response(
        data,
        media_type="application/octet-stream" if found.document.pages is None else "application/pdf",
        headers={
            "Content-Disposition": f"attachment; filename=\"{document_id}\"; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _reader(caller: Caller) -> Reader:
    if caller.purpose is not Purpose.ALL_PAGES:
        return Reader()
    return Reader(
        student_id=caller.id if caller.role is Role.STUDENT else None,
        host_id=caller.id if caller.role is Role.HOST else None,
        is_staff=caller.role is Role.STAFF,
    )


async def _one_file(request: Request) -> bytes:
    """The file of a form. No more is read than the largest document may have."""
    parser = MultiPartParser(request.headers, _limited(request), max_files=1, max_fields=0)
    try:
        form = await parser.parse()
    except (KeyError, MultiPartException) as error:
        raise Invalid([NO_FILE]) from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid([NO_FILE])
        data = await file.read()
    finally:
        await form.close()
    if len(data) > LARGEST_DOCUMENT:
        raise TooLarge(TOO_LARGE)
    return data


async def _limited(request: Request) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > LARGEST_DOCUMENT + MULTIPART_OVERHEAD:
            raise TooLarge(TOO_LARGE)
        yield chunk
