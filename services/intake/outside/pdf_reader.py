"""A program of its own that counts the pages of PDFs: a parent that has loaded the library, and a child a document.

Run by `reading.py`, since what students upload may be broken or malicious. The parent opens no document: it waits at
its standard input, a socket, for one connection a document, and forks a child for each. The child lets go of everything
but that connection, limits its own time and memory, may write no file, reads the document and says how many pages it
has, or that it is not readable; the parent then says how the child ended. Whoever lets go of a connection ends its
child, and whoever lets go of the socket ends them all. It is told how many seconds a child may take, imports nothing of
this project, and is given no environment.
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

import pypdf.filters  # noqa: F401 - else every child would load it
from pypdf import PdfReader

SECONDS_OF_CPU = 5
BYTES_OF_MEMORY = 256 * 1024 * 1024

HEADER = b"%PDF-"
HEADER_WITHIN = 1024

GONE = select.POLLHUP | select.POLLERR

Child = tuple[int, socket.socket]
"""Its process, and the connection that it answers on."""


def limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES_OF_MEMORY, BYTES_OF_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_CPU, 2 * SECONDS_OF_CPU))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def count_pages(content: bytes) -> int:
    """The pages of a PDF; raises whatever the reading raises."""
    if HEADER not in content[:HEADER_WITHIN]:
        raise ValueError("not a PDF")
    return len(PdfReader(io.BytesIO(content)).pages)


def read_document(connection: int) -> None:
    """What a child does."""
    os.dup2(connection, 0)
    os.closerange(1, os.sysconf("SC_OPEN_MAX"))  # what belongs to other documents above all
    limit_resources()
    try:
        with open(0, "rb", closefd=False) as document:
            answer = b"pages %d\n" % count_pages(document.read())
    except Exception:  # noqa: BLE001 - whatever a document does to its reader, it is not readable
        answer = b"unreadable\n"
    os.write(0, answer)


class Parent:
    """Forks a child for each connection that comes, and says how each ended."""

    def __init__(self, service: socket.socket, seconds: int) -> None:
        self._service = service
        self._seconds = seconds
        self._children: dict[int, Child] = {}
        """By the descriptor that tells of the child's end."""
        self._watched = select.poll()
        self._watched.register(service, select.POLLIN)

    def run(self) -> None:
        """Until the service lets go of the socket; no child is left."""
        while True:
            # One at a time: what follows may be of a descriptor that the first has closed.
            descriptor, _ = self._watched.poll()[0]
            if descriptor in self._children:
                self._tell_of_end(descriptor)
            elif descriptor != self._service.fileno():
                self._end_child(descriptor)
            elif not self._take():
                break
        for process, _ in self._children.values():
            os.kill(process, signal.SIGKILL)

    def _take(self) -> bool:
        """Begin with the document that comes; false where no more will."""
        _, descriptors, _, _ = socket.recv_fds(self._service, 1, 1)
        if not descriptors:
            return False
        connection = socket.socket(fileno=descriptors[0])
        process = os.fork()
        if process == 0:
            try:
                signal.alarm(self._seconds)
                read_document(connection.fileno())
            finally:  # it is no parent, whatever happens
                os._exit(0)
        ending = os.pidfd_open(process)
        self._children[ending] = process, connection
        self._watched.register(ending, select.POLLIN)
        self._watched.register(connection, GONE)
        return True

    def _end_child(self, connection: int) -> None:
        """Nobody waits for its answer any more."""
        self._watched.unregister(connection)
        process = next(process for process, own in self._children.values() if own.fileno() == connection)
        os.kill(process, signal.SIGKILL)

    def _tell_of_end(self, ending: int) -> None:
        process, connection = self._children.pop(ending)
        _, status = os.waitpid(process, 0)
        self._watched.unregister(ending)
        with suppress(KeyError):  # it was let go of
            self._watched.unregister(connection)
        with connection, suppress(OSError):
            connection.sendall(b"ended %d\n" % os.waitstatus_to_exitcode(status))
        os.close(ending)


if __name__ == "__main__":
    logging.disable()
    gc.freeze()  # else a child copies the memory that it only looks through
    Parent(socket.socket(fileno=sys.stdin.fileno()), int(sys.argv[1])).run()
