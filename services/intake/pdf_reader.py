"""A program of its own that counts the pages of a PDF from its standard input.

Run by `documents.py` as a separate process, since what students upload may be broken or malicious: it limits its own
time and memory before it reads anything, may write no file, and is given no environment. It prints the number of pages;
its exit status says what else happened. It imports nothing of this project.
"""

import io
import logging
import resource
import sys

SECONDS_OF_CPU = 5
BYTES_OF_MEMORY = 256 * 1024 * 1024

NOT_READABLE = 3
"""Exit status: no PDF, a broken one, one with a password, or one that needs more memory than it is given."""

HEADER = b"%PDF-"
HEADER_WITHIN = 1024


def limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES_OF_MEMORY, BYTES_OF_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_CPU, SECONDS_OF_CPU + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def count_pages(content: bytes) -> int:
    """The pages of a PDF; raises whatever the reading raises."""
    if HEADER not in content[:HEADER_WITHIN]:
        raise ValueError("not a PDF")
    # The service itself imports this module and reads no document.
    from pypdf import PdfReader  # noqa: PLC0415

    return len(PdfReader(io.BytesIO(content)).pages)


def main() -> int:
    limit_resources()
    logging.disable()
    try:
        print(count_pages(sys.stdin.buffer.read()))  # noqa: T201 - the answer
    except Exception:  # noqa: BLE001 - whatever a document does to its reader, it is not readable
        return NOT_READABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
