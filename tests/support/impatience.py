"""What a process does first that is to notice soon, and not only after a while, what it would notice in the end."""

from shared.broker import connection as broker
from shared.database import connection as database
from shared.runtime import publisher, retries


def be_impatient() -> None:
    """The broker gives up a silent process, and the database a silent transaction, after a few seconds."""
    broker.HEARTBEAT = 2
    database.ANSWERS_WITHIN = 2.0
    publisher.PUBLISH_WITHIN = 2.0


def give_up_at_once() -> None:
    """What fails is not tried again."""
    retries.RETRIES = ()  # type: ignore[assignment]
