"""What a process does first, before its service runs in it."""

import os
from pathlib import Path

from shared import logs
from shared.broker import connection as broker
from shared.database import connection as database
from shared.runtime import publisher
from shared.runtime.failures import error_handler


def use_short_timeouts() -> None:
    """The broker gives up a silent process, and the database a silent transaction, after a few seconds."""
    broker.HEARTBEAT = 2
    database.ANSWERS_WITHIN = 2.0
    database.TRANSACTION_ENDS_WITHIN = 4.0
    publisher.PUBLISH_WITHIN = 2.0


def disable_retries() -> None:
    """What fails is not tried again."""
    error_handler.RETRIES = ()  # type: ignore[assignment]


def log_to(file: Path) -> None:
    """Its log goes to a file."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    logs.configure()
