"""How figures are reckoned and written down."""

from benchmarks.document import lines
from benchmarks.figure import Figure, Series, ratio_of


def test_a_ratio_is_reckoned_repeat_by_repeat_and_not_of_medians() -> None:
    ratio = ratio_of([10, 30, 20], [10, 10, 20])
    assert list(ratio.runs) == [1, 3, 1]
    assert ratio.median == 1


def test_a_figure_stands_beside_its_peers() -> None:
    figure = Figure(Series((1.0, 3.0, 2.0), "times"), {"the plain one": Series((4.0,), "messages/s")})
    assert figure.to_json() == {
        "median": 2.0,
        "runs": [1.0, 3.0, 2.0],
        "unit": "times",
        "peers": {"the plain one": {"median": 4.0, "runs": [4.0], "unit": "messages/s"}},
    }


def test_the_document_has_a_line_for_each_series() -> None:
    figure = Figure(Series((2.0, 3.0, 2.5), "times"), {"the plain one": Series((1234.5,), "messages/s")})
    assert list(lines("relay_ratio", figure.to_json())) == [
        "| **`relay_ratio`** | 2.5 | 2 3 2.5 | times | 5 or more |",
        "| the plain one | 1,234 |  | messages/s |  |",
    ]
