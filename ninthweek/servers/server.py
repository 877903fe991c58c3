from dataclasses import dataclass
from typing import Protocol


class Server(Protocol):
    """A server that this run started, and may stop, kill and start again: its URL and data stay the same."""

    @property
    def url(self) -> str: ...

    def start(self) -> None:
        """Start it and return when it can be used. Raises ServersUnavailable."""

    def stop(self) -> None:
        """Stop it in order and return when it is gone."""

    def kill(self) -> None:
        """End it without warning (SIGKILL) and return when it is gone."""


class Broker(Server, Protocol):
    """A RabbitMQ node that this run started."""

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` answers on this node. Raises CalledProcessError."""


@dataclass(frozen=True)
class Servers:
    """The administrator's URLs of both servers; a server that the environment named is not ours to stop."""

    database_url: str
    amqp_url: str
    postgresql: Server | None
    rabbitmq: Broker | None
