"""How figures are reckoned and written down."""

import json
from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.document import lines, lines_beside, with_table
from benchmarks.figure import Figure, Measured, Reading, Series, Size, Sizes, ratio_of


def test_a_ratio_is_reckoned_repeat_by_repeat_and_not_of_medians() -> None:
    ratio = ratio_of([10, 30, 20], [10, 10, 20])
    assert list(ratio.runs) == [1, 3, 1]
    assert ratio.median == 1


def test_nothing_beside_nothing_is_the_same() -> None:
    assert ratio_of([0.0], [0.0]).runs == (1,)


def test_a_long_figure_is_as_the_usual_one_unless_it_says_otherwise() -> None:
    assert [Sizes(smallest=1, usual=5)[size] for size in Size] == [1, 5, 5]
    assert [Sizes(smallest=1, usual=5, long=9)[size] for size in Size] == [1, 5, 9]


def test_readings_make_a_figure_in_the_order_of_the_repeats() -> None:
    first = Reading(Measured(1, "s"), {"slow": Measured(60, "s"), "fast": Measured(2, "s")})
    second = Reading(Measured(3, "s"), {"fast": Measured(4, "s")})
    figure = Figure.of([first, second])
    assert figure.series == Series((1, 3), "s")
    assert figure.peers == {"slow": Series((60,), "s"), "fast": Series((2, 4), "s")}


def test_figures_of_two_checkouts_make_ratios_of_what_both_have() -> None:
    ours = Figure(Series((6, 8), "ms"), {"p99": Series((10, 10), "ms"), "new": Series((1, 1), "ms")})
    theirs = Figure(Series((3, 2), "ms"), {"p99": Series((20, 10), "ms"), "old": Series((1, 1), "ms")})
    assert ours.beside(theirs) == Figure(Series((2, 4), "times"), {"p99": Series((0.5, 1), "times")})


def test_a_figure_stands_beside_its_peers() -> None:
    figure = Figure(Series((1.0, 3.0, 2.0), "times"), {"the plain one": Series((4.0,), "messages/s")})
    assert figure.to_json() == {
        "median": 2.0,
        "runs": [1.0, 3.0, 2.0],
        "unit": "times",
        "peers": {"the plain one": {"median": 4.0, "runs": [4.0], "unit": "messages/s"}},
    }


def test_a_figure_is_kept_beside_those_that_were_measured_before(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    results.keep(file, "relay_ratio", {"median": 5})
    results.keep(file, "idle_cpu", {"median": 1})
    results.keep(file, "relay_ratio", {"median": 6})
    assert json.loads(file.read_text()) == {"relay_ratio": {"median": 6}, "idle_cpu": {"median": 1}}
    assert list(tmp_path.iterdir()) == [file]


def test_the_document_has_a_line_for_each_series() -> None:
    figure = Figure(Series((2.0, 3.0, 2.5), "times"), {"the plain one": Series((1234.5,), "messages/s")})
    assert list(lines("relay_ratio", figure.to_json())) == [
        "| **`relay_ratio`** | 2.5 | 2 3 2.5 | times | 5 or more |",
        "| the plain one | 1,234 |  | messages/s |  |",
    ]


def test_the_document_has_both_checkouts_and_the_ratio_of_each_repeat() -> None:
    ours, theirs = Figure(Series((2.0, 3.0), "ms")), Figure(Series((4.0, 3.0), "ms"))
    measured = {"commits": ["new", "old"], "ours": ours.to_json(), "theirs": theirs.to_json()}
    measured["ratio"] = ours.beside(theirs).to_json()
    assert list(lines_beside("latency_ms", measured)) == [
        "| **`latency_ms`** | 2.5 | 3.5 | ms | 0.75 | 0.5 1 | `new` beside `old` |"
    ]


@pytest.mark.parametrize("measured", [{}, {"idle_cpu": ["| **`idle_cpu`** | new |"]}])
def test_what_is_not_measured_anew_keeps_its_lines_in_the_document(measured: dict[str, list[str]]) -> None:
    text = """Before.
<!-- figures: begin -->
| figure |
| --- |
| **`idle_cpu`** | old |
| its servers | old |
| **`relay_ratio`** | old |
| the peer | old |
<!-- figures: end -->
After.
"""
    idle = measured.get("idle_cpu", ["| **`idle_cpu`** | old |", "| its servers | old |"])
    table = ["| figure |", "| --- |", "| **`relay_ratio`** | old |", "| the peer | old |", *idle]
    written = with_table(text, "figures", measured)
    assert written.splitlines() == [
        *("Before.", "<!-- figures: begin -->"),
        *table,
        *("<!-- figures: end -->", "After."),
    ]
