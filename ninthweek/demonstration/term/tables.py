"""Reads the rows of a CSV file, and notes everything that is wrong with it."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Faults = list[str]
"""What is wrong with a term, a line each; collected, so that all of it can be reported at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells by column, as text without white space around it; `place` is its file and line."""

    place: str
    cells: Mapping[str, str]


def read_table(folder: Path, name: str, columns: Sequence[str], faults: Faults) -> list[Row]:
    """The readable rows of `<folder>/<name>`, which must have at least these columns; others are ignored."""
    try:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(file, name, columns, faults))
    except OSError as error:
        faults.append(f"{name}: cannot be read ({error.strerror}).")
    except UnicodeDecodeError:
        faults.append(f"{name}: is not text in UTF-8.")
    except csv.Error as error:
        faults.append(f"{name}: is not CSV ({error}).")
    return []


def _rows(file: Iterable[str], name: str, columns: Sequence[str], faults: Faults) -> Iterator[Row]:
    lines = csv.reader(file, strict=True)
    header = [column.strip() for column in next(lines, [])]
    missing = [column for column in columns if column not in header]
    if missing:
        faults.append(f"{name}: has no column {', '.join(missing)}.")
        return
    for cells in lines:
        place = f"{name}, line {lines.line_num}"
        if len(cells) == len(header):
            by_column = dict(zip(header, cells, strict=True))
            yield Row(place, {column: by_column[column].strip() for column in columns})
        elif cells:
            faults.append(f"{place}: has {len(cells)} cells, and the header {len(header)}.")
