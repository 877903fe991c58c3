"""What the glossary names in the code is there."""

import re
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
TEXT = (ROOT / "docs" / "glossary.md").read_text()

NAMED = [
    (name, path)
    for names, path in re.findall(r"((?:`[\w.]+`, )*`[\w.]+`) \(`([\w/]+[.]py)`\)", TEXT)
    for name in re.findall(r"`([\w.]+)`", names)
]
TABLES = sorted(set(re.findall(r"table `(\w+)`", TEXT)))


@pytest.mark.parametrize(("name", "path"), NAMED)
def test_every_name_is_in_its_module(name: str, path: str) -> None:
    *owners, last = name.split(".")
    owner = reduce(getattr, owners, import_module(path.removesuffix(".py").replace("/", ".")))

    assert hasattr(owner, last) or last in owner.__annotations__


def test_every_table_is_made_by_a_migration() -> None:
    migrations = "\n".join(path.read_text() for path in ROOT.glob("s*/**/migrations/*.sql"))

    assert TABLES
    assert [table for table in TABLES if not re.search(rf"create table {table}\b", migrations)] == []


def test_no_term_is_explained_twice() -> None:
    terms = [term for term in re.findall(r"^[|] ([a-z' ]+) [|]", TEXT, re.MULTILINE) if term != "term"]

    assert NAMED
    assert terms
    assert len(terms) == len(set(terms))
