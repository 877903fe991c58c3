"""A server's folder: used by one run at a time, kept from one run to the next."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ninthweek.servers.errors import ServersUnavailable

# When a run dies, the watches of its servers end them within five seconds.
_PREDECESSOR_SECONDS = 15.0


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Lock the folder while the block lasts, and yield the file descriptor that holds the lock.

    Waits for the servers of a run that was killed. Raises ServersUnavailable if another run uses the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _lock(descriptor, folder)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    end = time.monotonic() + _PREDECESSOR_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise ServersUnavailable(f"another run is using the servers in {folder}") from None
            time.sleep(0.1)
        else:
            return


def kept_password(file: Path) -> str:
    """The password in the file, which is made at the first call; only its owner can read the file."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(24))
        draft.rename(file)
    return file.read_text()
