"""Whether a document may be used as a CV, and who may read it."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.intake.rules.submissions import OUR_PAGES
from shared.contracts.faults import Fault
from shared.contracts.fields import DocumentId, HostId, Moment, Organisation, PersonName, StudentId

LARGEST_DOCUMENT = 5_000_000
"""Bytes."""


TOO_LARGE = f"A document has at most {LARGEST_DOCUMENT // 1_000_000} MB: send a smaller one."

NO_CV = "Choose your CV: a PDF of one page."


class Content(BaseModel):
    """The bytes of a document, by their digest, and what was read in them."""

    model_config = ConfigDict(frozen=True)

    digest: str
    size: int
    pages: int | None
    is_read: bool = True
    """Whether it was read; before that, `pages` means nothing."""


class Document(Content):
    """Content that a system or a student sent, under the id by which applications name it."""

    document_id: DocumentId
    source: str


def fault_in_size(data: bytes) -> str | None:
    """Why the bytes are not kept, in words; `None` if they are not too many."""
    return TOO_LARGE if len(data) > LARGEST_DOCUMENT else None


def fault_in_pages(content: Content) -> str | None:
    """Why content cannot be a CV, in words; `None` for a PDF of exactly one page, and for what is still unread."""
    if not content.is_read:
        return None
    if content.pages is None:
        return "This is not a PDF that can be read: export the CV as a PDF of one page, without a password."
    if content.pages != 1:
        return f"The PDF has {content.pages} pages: a CV has exactly one."
    return None


def faults_in_cv(document: Document | None, *, source: str, own: bool, used_by_another: bool) -> list[Fault]:
    """The fault that keeps an application sent by `source` from naming the document as its CV, if there is one.

    `own`: the student sent the document from our pages, or has applied with it before.
    """
    reason: str | None
    if source == OUR_PAGES and not own:
        reason = NO_CV
    elif document is None or source not in (document.source, OUR_PAGES):
        reason = f"{source} has sent no document of this id: send it to /documents first."
    elif used_by_another:
        reason = "Another student uses this document: send each student's CV as a document of its own."
    elif source != OUR_PAGES and not document.is_read:
        reason = "This document is still being read: send the application again in a few minutes."
    else:
        reason = fault_in_pages(document)
    return [] if reason is None else [Fault(field="cv", reason=reason)]


class EarlierCV(BaseModel):
    """A CV that a student may apply with again."""

    document_id: DocumentId
    received_at: Moment
    size: int


@dataclass(frozen=True, slots=True)
class Use:
    """An application that names a document as its CV."""

    student_id: StudentId
    student_name: PersonName
    host_id: HostId
    organisation: Organisation
    stands: bool
    """Neither it nor its project was withdrawn."""
    round_ends_at: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who asks for a document: a student, a host, staff who run the programme, or none of these."""

    student_id: StudentId | None = None
    host_id: HostId | None = None
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class DocumentInUse:
    """A document and the applications that name it; and its student, if it was sent from our pages."""

    document: Document
    student_id: StudentId | None
    uses: tuple[Use, ...]


def may_read(reader: Reader, found: DocumentInUse, now: datetime) -> bool:
    """Whether somebody may read a document.

    Its student may, and staff; and the host of a project that was applied for with it, until the round's end. Nobody
    else may, by whatever link.
    """
    if reader.is_staff:
        return True
    if reader.student_id is not None:
        return reader.student_id in {found.student_id, *(use.student_id for use in found.uses)}
    return bool(_uses_of_host(reader, found, now))


def file_name(reader: Reader, found: DocumentInUse, now: datetime) -> str:
    """The file name of a document for somebody who may read it; for a host it has the student's name."""
    for use in _uses_of_host(reader, found, now):
        return f"{use.student_name} – {use.organisation} (CV).pdf"
    return f"{found.document.document_id}"


def _uses_of_host(reader: Reader, found: DocumentInUse, now: datetime) -> list[Use]:
    """The applications by which a host may read a CV."""
    return [
        use
        for use in found.uses
        if reader.host_id is not None and use.host_id == reader.host_id and use.stands and now < use.round_ends_at
    ]
