"""The AsyncAPI document is read by the AsyncAPI project's own parser."""

import json
import shutil
from pathlib import Path

import pytest

from shared.contracts.documents import asyncapi_document
from tests.support.npm import installed, run

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def parser() -> Path:
    """The parser's script beside its packages."""
    return Path(shutil.copy(HERE / "parse.mjs", installed(HERE, "asyncapi")))


@pytest.mark.timeout(400)
def test_the_parser_finds_nothing_wrong_with_the_document_and_something_with_a_broken_one(parser: Path) -> None:
    document = asyncapi_document()
    assert _faults(parser, document) == []
    del document["components"]["messages"]["ProjectApproved.v1"]
    assert any("ProjectApproved.v1" in fault for fault in _faults(parser, document))


def _faults(parser: Path, document: object) -> list[str]:
    faults: list[str] = json.loads(run(["node", str(parser)], parser.parent, json.dumps(document)))
    return faults
