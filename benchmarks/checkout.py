"""The checkouts whose product is measured: this one, and with `BESIDE` another."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]

_KEPT = re.compile(r"PATH|HOME|USER|LANG|LC_.*|TMPDIR|XDG_.*|DOCKER_.*|TESTCONTAINERS_.*|.*_proxy", re.IGNORECASE)
"""The variables of this environment that a measuring process gets: none that is a setting of the programme."""


class NoCheckout(Exception):
    """There is nothing to measure at a path; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout with an environment of its own. `this` and `other` make one."""

    root: Path

    @classmethod
    def this(cls) -> "Checkout":
        return cls(ROOT)

    @classmethod
    def other(cls, path: Path) -> "Checkout":
        """Raises `NoCheckout`."""
        other = cls(path.resolve())
        if not other.python.exists():
            raise NoCheckout(f"{path} has no environment: run `make .venv/bench` there")
        return other

    @property
    def python(self) -> Path:
        return self.root / ".venv" / "bin" / "python"

    @property
    def commit(self) -> str:
        """Short, with a plus where files have changed since; as far as git can tell."""
        described = subprocess.run(
            ["git", "-C", self.root, "describe", "--always", "--exclude=*", "--dirty=+"],
            capture_output=True,
            text=True,
            check=False,
        )
        return described.stdout.strip() or "no commit"

    def environment(self) -> dict[str, str]:
        """The environment of a process that measures the product of this checkout with our benchmarks.

        The product and its test helpers come from the checkout's `.venv`; our `benchmarks` come before its own.
        """
        kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
        return kept | {"PYTHONPATH": str(_only_our_benchmarks())}


def _only_our_benchmarks() -> Path:
    folder = ROOT / "var" / "bench-code"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "benchmarks"
    if not link.is_symlink():
        link.symlink_to(ROOT / "benchmarks")
    return folder
