"""Whether a document may serve as a CV."""

from pydantic import BaseModel, ConfigDict

from shared.contracts.fields import DocumentId
from shared.contracts.intake import Fault

LARGEST_DOCUMENT = 5_000_000
"""Bytes."""


class Content(BaseModel):
    """What was read of some bytes."""

    model_config = ConfigDict(frozen=True)

    digest: str
    size: int
    pages: int | None


class Document(Content):
    """A content that a system sent, under the id by which applications name it."""

    document_id: DocumentId
    source: str


def fault_in_pages(content: Content) -> str | None:
    """Why a content cannot be a CV, in words; `None` for a PDF of exactly one page."""
    if content.pages is None:
        return "This is not a PDF that can be read: export the CV as a PDF of one page, without a password."
    if content.pages != 1:
        return f"The PDF has {content.pages} pages: a CV has exactly one."
    return None


def faults_in_cv(document: Document | None, *, source: str, used_by_another: bool) -> list[Fault]:
    """Whether an application that came from `source` may name the document."""
    reason: str | None
    if document is None or document.source != source:
        reason = f"{source} has sent no document of this id: send it to /documents first."
    elif used_by_another:
        reason = "Another student uses this document: send each student's CV as a document of its own."
    else:
        reason = fault_in_pages(document)
    return [] if reason is None else [Fault(field="cv", reason=reason)]
