"""What docs/first-handler.md has a newcomer write is written into a copy of this repository, and its test run there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
PAGE = (ROOT / "docs" / "first-handler.md").read_text()
BLOCKS: list[tuple[str, str, str]] = re.findall(r"```(\w+) (\S+)\n(.*?)```", PAGE, re.DOTALL)
"""Language, path and text of each block that belongs into a file."""


def apply(diff: str, file: Path) -> None:
    """Put the lines with `+` in the place of those with `-`, between the others, which stand in the file once."""
    lines = diff.splitlines()
    before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    after = "\n".join(line[1:] for line in lines if not line.startswith("-"))
    text = file.read_text()
    assert text.count(before) == 1, f"{file.name} does not have these lines once:\n{before}"
    file.write_text(text.replace(before, after))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the page changes and what runs it, as it is when the page was followed."""
    for folder in ("services", "shared", "ninthweek", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for language, path, text in BLOCKS:
        if language == "diff":
            apply(text, tmp_path / path)
        else:
            (tmp_path / path).write_text(text)
    return tmp_path


def run(copy: Path, module: str, *arguments: str) -> None:
    """Run a tool in the copy, whose packages come before those that are installed."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "NINTHWEEK_TEST_"))}
    ended = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=copy,
        env=outside | {"PYTHONPATH": str(copy)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_first_handler_is_in_the_house_style_and_passes_its_tests(copy: Path, pytestconfig: pytest.Config) -> None:
    run(copy, "ruff", "check", "--no-cache", "services/screening", "shared/contracts", "tests/services/screening")
    run(copy, "ruff", "format", "--no-cache", "--check", "services/screening", "tests/services/screening")
    (test,) = (path for _, path, _ in BLOCKS if path.startswith("tests/"))
    run(copy, "pytest", f"--servers={pytestconfig.option.servers}", "-p", "no:cacheprovider", test)
