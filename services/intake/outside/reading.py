"""How PDFs are read without trusting them: by another program, which this process starts when it first needs it."""

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
"""Run, and never imported here: what it loads is its own."""

ENDED_BY_THE_DOCUMENT: Final = {-signal.SIGXCPU, -signal.SIGSEGV, -signal.SIGABRT}
"""How a child ends that its document stopped: out of time, or broken."""

SECONDS_TO_READ: Final = 30
"""For a child to end, however busy the machine is; its own limit is of processor time."""

SECONDS_TO_ANSWER: Final = SECONDS_TO_READ + 5
"""After them it is the parent that does not answer: its child would have ended by itself."""


class PdfReader:
    """The program that reads, started when it is first needed and again when it has died.

    It ends with this process, however that ends: it waits at a socket that nobody else holds.
    """

    def __init__(self) -> None:
        self._program: subprocess.Popen[bytes] | None = None
        self._socket = socket.socket()

    async def count_pages(self, data: bytes) -> int | None:
        """The pages of a PDF; `None` for what cannot be read as one within the limits of its reader.

        Raises `Unavailable` where the reading was ended by anything but the document.
        """
        try:
            connection = self._connect()
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                answer = await _converse(connection, data)
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
        """End the program, and with it whatever it is reading."""
        if self._program is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()
            self._program = None
        self._socket.close()

    def _connect(self) -> socket.socket:
        """A connection to a process that will read one document."""
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
                start_new_session=True,  # a group that can be ended as a whole, out of a terminal's reach
            )


async def _converse(connection: socket.socket, data: bytes) -> bytes:
    """All that is answered to a document; nothing more is read of it once this is cancelled."""
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    try:
        writer.write(data)
        writer.write_eof()
        return await reader.read()
    finally:
        writer.transport.abort()
