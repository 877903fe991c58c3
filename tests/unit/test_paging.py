"""Long lists, a page at a time."""

from shared.web.paging import PAGE, Paged, page_of


def test_a_page_has_the_numbers_of_its_rows() -> None:
    page = page_of(range(2 * PAGE + 1), 2)

    assert list(page.rows) == list(range(PAGE, 2 * PAGE))
    assert (page.first, page.last, page.total, page.pages) == (PAGE + 1, 2 * PAGE, 2 * PAGE + 1, 3)


def test_the_last_page_stands_for_all_that_would_come_after_it() -> None:
    assert list(page_of(range(PAGE + 1), 99).rows) == [PAGE]


def test_an_empty_list_has_one_page() -> None:
    assert (page_of([], 1).page, page_of([], 1).pages) == (1, 1)
    assert Paged([], 0, 7).page == 1
