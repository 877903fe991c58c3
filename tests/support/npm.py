"""Packages from npm that tests use, installed once under `var/`, exactly as a lock in the tests' folder names them."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

VAR = Path(__file__).parents[2] / "var"


def installed(locked: Path, name: str) -> Path:
    """The folder with `node_modules` of the folder `locked`; skips the test where there is neither node nor npm.

    Workers may ask for it at once: one installs, the others wait.
    """
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("needs node and npm")
    folder = VAR / name
    VAR.mkdir(exist_ok=True)
    with (VAR / f"{name}.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        lock = folder / "package-lock.json"
        if not lock.exists() or lock.read_bytes() != (locked / lock.name).read_bytes():
            shutil.rmtree(folder, ignore_errors=True)
            draft = folder.with_name(f"{name}.draft")
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(locked, draft, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
            run(["npm", "ci"], draft)
            draft.rename(folder)
    return folder


def run(command: list[str], folder: Path, stdin: str = "") -> str:
    """What a program prints that is run in a folder; if it fails, the test fails with what it printed."""
    finished = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, f"{command} failed:\n{finished.stdout}{finished.stderr}"
    return finished.stdout
