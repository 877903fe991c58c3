"""The AsyncAPI document is read by the AsyncAPI project's own parser."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from shared.contracts.documents import asyncapi_document

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / "var" / "asyncapi"


@pytest.fixture(scope="module")
def parser() -> Path:
    """The parser's script beside its packages, which are installed once."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("needs node and npm")
    lock = INSTALLED / "package-lock.json"
    if not lock.exists() or lock.read_bytes() != (HERE / lock.name).read_bytes():
        shutil.rmtree(INSTALLED, ignore_errors=True)
        draft = INSTALLED.with_name("asyncapi.draft")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(HERE, draft, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        _run(["npm", "ci"], draft)
        draft.rename(INSTALLED)
    return Path(shutil.copy(HERE / "parse.mjs", INSTALLED))


@pytest.mark.timeout(400)
def test_the_parser_finds_nothing_wrong_with_the_document_and_something_with_a_broken_one(parser: Path) -> None:
    document = asyncapi_document()
    assert _faults(parser, document) == []
    del document["components"]["messages"]["ProjectApproved.v1"]
    assert any("ProjectApproved.v1" in fault for fault in _faults(parser, document))


def _faults(parser: Path, document: object) -> list[str]:
    faults: list[str] = json.loads(_run(["node", str(parser)], INSTALLED, json.dumps(document)))
    return faults


def _run(command: list[str], folder: Path, stdin: str = "") -> str:
    finished = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, f"{command} failed:\n{finished.stdout}{finished.stderr}"
    return finished.stdout
