"""A separate program that counts the pages of PDFs: a parent that loads the library, and a child for each document.

`reading.py` runs it, since what students upload may be broken or malicious. The parent opens no document. Its standard
input is a socket, on which it receives one connection for each document, and it forks a child for each.

The child closes everything but that connection, limits its own time and memory, and may write no file. It reads the
document and answers how many pages it has, or that it is not readable. The parent then adds how the child ended.

Closing a connection ends its child; closing the socket ends the program with all children. The program's argument is
how many seconds a child may take. It imports nothing of this project, and has an empty environment.
"""

import gc
import io
import logging
import os
import resource
import select
import signal
import socket
import sys
from contextlib import suppress

import pypdf.filters  # noqa: F401 - loaded here once, else by every child
from pypdf import PdfReader

SECONDS_OF_CPU = 5
BYTES_OF_MEMORY = 256 * 1024 * 1024

HEADER = b"%PDF-"
HEADER_WITHIN = 1024

HUNG_UP = select.POLLHUP | select.POLLERR

Child = tuple[int, socket.socket]
"""The id of its process, and the connection that it answers on."""


def limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES_OF_MEMORY, BYTES_OF_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_CPU, 2 * SECONDS_OF_CPU))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def count_pages(content: bytes) -> int:
    """The number of pages of a PDF; raises whatever the library raises."""
    if HEADER not in content[:HEADER_WITHIN]:
        raise ValueError("not a PDF")
    return len(PdfReader(io.BytesIO(content)).pages)


def read_document(connection: int) -> None:
    """Read the document of a connection and answer on it; this is all that a child does."""
    os.dup2(connection, 0)
    os.closerange(1, os.sysconf("SC_OPEN_MAX"))  # above all the connections of other documents
    limit_resources()
    try:
        with open(0, "rb", closefd=False) as document:
            answer = b"pages %d\n" % count_pages(document.read())
    except Exception:  # noqa: BLE001 - whatever a document does to its reader, it is not readable
        answer = b"unreadable\n"
    os.write(0, answer)


class Parent:
    """Forks a child for each connection that it receives, and reports how each ended."""

    def __init__(self, service: socket.socket, seconds: int) -> None:
        self._service = service
        self._seconds = seconds
        self._children: dict[int, Child] = {}
        """By the process descriptor (pidfd), which becomes readable when the child ends."""
        self._watched = select.poll()
        self._watched.register(service, select.POLLIN)

    def run(self) -> None:
        """Serve until the service closes the socket; then end all children."""
        while True:
            # Only the first event is handled: the next may be for a descriptor that handling it has closed.
            descriptor, _ = self._watched.poll()[0]
            if descriptor in self._children:
                self._report_end(descriptor)
            elif descriptor != self._service.fileno():
                self._end_child(descriptor)
            elif not self._take():
                break
        for process, _ in self._children.values():
            os.kill(process, signal.SIGKILL)

    def _take(self) -> bool:
        """Fork a child for the next document; false if the service has closed the socket."""
        _, descriptors, _, _ = socket.recv_fds(self._service, 1, 1)
        if not descriptors:
            return False
        connection = socket.socket(fileno=descriptors[0])
        process = os.fork()
        if process == 0:
            try:
                signal.alarm(self._seconds)
                read_document(connection.fileno())
            finally:  # a child must never go on as a parent
                os._exit(0)
        ending = os.pidfd_open(process)
        self._children[ending] = process, connection
        self._watched.register(ending, select.POLLIN)
        self._watched.register(connection, HUNG_UP)
        return True

    def _end_child(self, connection: int) -> None:
        """Kill the child of a connection that the service has closed: nobody waits for its answer."""
        self._watched.unregister(connection)
        process = next(process for process, own in self._children.values() if own.fileno() == connection)
        os.kill(process, signal.SIGKILL)

    def _report_end(self, ending: int) -> None:
        process, connection = self._children.pop(ending)
        _, status = os.waitpid(process, 0)
        self._watched.unregister(ending)
        with suppress(KeyError):  # closed by the service before, and unregistered then
            self._watched.unregister(connection)
        with connection, suppress(OSError):
            connection.sendall(b"ended %d\n" % os.waitstatus_to_exitcode(status))
        os.close(ending)


if __name__ == "__main__":
    logging.disable()
    gc.freeze()  # else the garbage collector touches all memory in each child, and so copies it
    Parent(socket.socket(fileno=sys.stdin.fileno()), int(sys.argv[1])).run()
