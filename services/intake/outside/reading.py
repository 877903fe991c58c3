"""Read PDFs without trusting them, in a separate program that is started when it is first needed."""

import asyncio
import atexit
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from shared.refusals import Unavailable

PROGRAM: Final = Path(__file__).with_name("pdf_reader.py")
"""Run, and never imported here: this process does not load its libraries."""

ENDED_BY_THE_DOCUMENT: Final = {-signal.SIGXCPU, -signal.SIGSEGV, -signal.SIGABRT}
"""The signals that end a child because of its document: it is out of processor time, or has crashed."""

SECONDS_TO_READ: Final = 30
"""Until a child is ended, on a machine however busy. (The child's own limit is one of processor time.)"""

SECONDS_TO_ANSWER: Final = SECONDS_TO_READ + 5
"""Until the parent is taken to be dead: by then its child has ended and has been reported."""


class PdfReader:
    """The program that reads PDFs, started when it is first needed and again when it has died.

    It ends when this process ends, in whatever way: the other end of its socket is open here alone, and is closed then.
    """

    def __init__(self) -> None:
        self._program: subprocess.Popen[bytes] | None = None
        self._socket = socket.socket()

    async def count_pages(self, data: bytes) -> int | None:
        """The number of pages of a PDF; `None` if the data cannot be read as a PDF within the reader's limits.

        Raises `Unavailable` if anything but the document ended the reading.
        """
        try:
            connection = self._connect()
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                answer = await _send_and_receive(connection, data)
        except TimeoutError:
            self.end()
            answer = b""
        except OSError:
            answer = b""
        match answer.split():
            case [b"pages", pages, b"ended", b"0"]:
                return int(pages)
            case [b"unreadable", b"ended", b"0"]:
                return None
            case [*_, b"ended", status] if int(status) in ENDED_BY_THE_DOCUMENT:
                return None
        raise Unavailable("The document cannot be read now; send it again shortly.")

    def end(self) -> None:
        """End the program and all its children."""
        if self._program is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()
            self._program = None
        self._socket.close()

    def _connect(self) -> socket.socket:
        """A connection to a new child, which reads one document."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._socket, [b"\0"], [theirs.fileno()])
            except OSError:  # it has not been started, or has died
                self._start()
                socket.send_fds(self._socket, [b"\0"], [theirs.fileno()])
        return ours

    def _start(self) -> None:
        self.end()
        atexit.unregister(self.end)
        atexit.register(self.end)
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)
        with theirs:
            self._program = subprocess.Popen(
                [sys.executable, "-I", PROGRAM, str(SECONDS_TO_READ)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                # A process group of its own: it can be killed as a whole, and a terminal's Ctrl-C does not reach it.
                start_new_session=True,
            )


async def _send_and_receive(connection: socket.socket, data: bytes) -> bytes:
    """Send a document and return the whole answer. If this is cancelled, the connection closes and the child ends."""
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    try:
        writer.write(data)
        writer.write_eof()
        return await reader.read()
    finally:
        writer.transport.abort()
