"""Messages that a service sends."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent. The inboxes of its subscribers recognise it by its `identity`.

    It is sent at once, or at `due_at` by the programme's clock (a timer), or at `retry_at` by the system's (a retry).
    """

    id: UUID
    identity: UUID
    exchange: str
    routing_key: str
    headers: dict[str, str]
    body: bytes
    mandatory: bool
    due_at: datetime | None = None
    retry_at: datetime | None = None

    @property
    def immediate(self) -> bool:
        return self.due_at is None and self.retry_at is None
