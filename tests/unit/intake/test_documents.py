import pytest

from services.intake.outside.documents import open_store
from services.intake.rules.documents import Content, fault_in_pages


@pytest.mark.parametrize(("pages", "is_cv"), [(1, True), (0, False), (2, False), (None, False)])
def test_a_cv_is_a_pdf_of_exactly_one_page(pages: int | None, is_cv: bool) -> None:
    assert (fault_in_pages(Content(digest="00", size=1, pages=pages)) is None) == is_cv


@pytest.mark.parametrize("url", ["documents", "ftp://elsewhere/documents", "file://documents"])
def test_a_url_of_no_store_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(ValueError, match=r"DOCUMENTS_URL cannot be opened .*: name a folder as file:///path"):
        open_store(url)


def test_a_document_that_is_still_to_be_read_has_no_fault_in_its_pages() -> None:
    assert fault_in_pages(Content(digest="00", size=1, pages=None, is_read=False)) is None
