"""The same servers as containers, where an engine answers.

Slower to start than the processes, but of the versions that a deployment runs.
"""

import secrets
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import docker
from docker.errors import DockerException
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from ninthweek.servers.errors import ServersUnavailable
from ninthweek.servers.folder import kept_password
from ninthweek.servers.ports import free_port
from ninthweek.servers.rabbitmq import speaks_amqp
from ninthweek.servers.server import Servers

POSTGRESQL_IMAGE = "postgres:17"
RABBITMQ_IMAGE = "rabbitmq:4-management"

_MANAGEMENT_PORT = 15672
_DEFINITIONS = "/etc/rabbitmq/definitions.json"

_START_SECONDS = 90.0
_STOP_SECONDS = 20
_POLL_SECONDS = 0.1

# Removes the container once our process has ended: it reads a pipe that only our process holds open. testcontainers
# would start a container of its own for this, which is one more image to fetch.
_WATCH = """
import sys, docker
sys.stdin.read()
docker.from_env().containers.get(sys.argv[1]).remove(force=True, v=True)
"""


def container_engine_answers() -> bool:
    """Whether a container engine can be used from here."""
    try:
        client = docker.from_env(timeout=5)
    except DockerException:
        return False
    try:
        return bool(client.ping())
    except (DockerException, OSError):
        return False
    finally:
        client.close()


class _ContainerServer(ABC):
    """A server in a container: made at the first start, kept with its data until it is removed."""

    def __init__(self, image: str, port: int, environment: dict[str, str]) -> None:
        # A fixed port of the host: one chosen by the engine would change at every start.
        self._port = free_port()
        self._image = image
        self._described = DockerContainer(image, env=environment).with_bind_ports(port, self._port)
        self._watch: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def _answers(self) -> bool: ...

    @property
    def _address(self) -> str:
        return f"{self._described.get_container_host_ip()}:{self._port}"

    def start(self) -> None:
        """Start it and return when it answers; when started again, it has the same port and data."""
        if self._watch is None:
            self._make()
        else:
            self._described.get_wrapped_container().start()
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            if time.monotonic() > end:
                raise ServersUnavailable(f"the container {self._image} did not answer in {_START_SECONDS:.0f} seconds")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Stop it in order."""
        if self._watch is not None:
            self._described.get_wrapped_container().stop(timeout=_STOP_SECONDS)

    def kill(self) -> None:
        """Kill it (SIGKILL)."""
        if self._watch is not None:
            self._described.get_wrapped_container().kill()

    def remove(self) -> None:
        """Remove the container and its data."""
        if self._watch is not None:
            self._described.stop()
            self._watch.kill()
            self._watch.communicate()
            self._watch = None

    def _make(self) -> None:
        testcontainers_config.ryuk_disabled = True
        try:
            self._described.start()
        except DockerException as reason:
            self._described.stop()
            raise ServersUnavailable(f"the container {self._image} cannot be started: {reason}") from reason
        self._watch = subprocess.Popen(
            [sys.executable, "-c", _WATCH, self._described.get_container_id()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


class ContainerPostgreSQL(_ContainerServer):
    def __init__(self) -> None:
        self._password = secrets.token_urlsafe(24)
        environment = {"POSTGRES_PASSWORD": self._password, "LANG": "C.UTF-8"}  # the encoding of its databases
        super().__init__(POSTGRESQL_IMAGE, 5432, environment)

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{self._password}@{self._address}/postgres"

    def _answers(self) -> bool:
        # Over TCP: while the image prepares its database, it answers on its Unix socket alone.
        asked = self._described.get_wrapped_container().exec_run(["pg_isready", "--host=127.0.0.1"])
        return bool(asked.exit_code == 0)


class ContainerRabbitMQ(_ContainerServer):
    """RabbitMQ in a container.

    With `data`, a folder of this machine, its data outlives the container. With `definitions`, a file, it has the
    users of that file instead of the one in `url`.
    """

    def __init__(self, data: Path | None = None, *, definitions: Path | None = None) -> None:
        self._password = secrets.token_urlsafe(24) if data is None else kept_password(data / "password")
        environment = {"RABBITMQ_DEFAULT_USER": "ninthweek", "RABBITMQ_DEFAULT_PASS": self._password}
        super().__init__(RABBITMQ_IMAGE, 5672, environment)
        # The node finds its data by the name of its host.
        self._described.with_kwargs(hostname="ninthweek")
        self._management_port = free_port()
        self._described.with_bind_ports(_MANAGEMENT_PORT, self._management_port)
        if data is not None:
            self._described.with_volume_mapping(data / "broker", "/var/lib/rabbitmq", "rw")
        if definitions is not None:
            settings = definitions.with_suffix(".conf")
            settings.write_text(f"load_definitions = {_DEFINITIONS}\n")
            self._described.with_volume_mapping(definitions, _DEFINITIONS, "ro")
            self._described.with_volume_mapping(settings, "/etc/rabbitmq/conf.d/20-definitions.conf", "ro")

    @property
    def url(self) -> str:
        return f"amqp://ninthweek:{self._password}@{self._address}/"

    @property
    def management_url(self) -> str:
        return f"http://{self._described.get_container_host_ip()}:{self._management_port}"

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` answers on this node. Raises CalledProcessError."""
        command = ["rabbitmqctl", *arguments]
        code, output = self._described.get_wrapped_container().exec_run(command)
        assert isinstance(output, bytes)  # noqa: S101 - it is not streamed
        if code != 0:
            raise subprocess.CalledProcessError(code or 1, command, output)
        return output.decode()

    def _answers(self) -> bool:
        return speaks_amqp(self._described.get_container_host_ip(), self._port)


@contextmanager
def servers_in_containers(*, definitions: Path | None = None) -> Iterator[Servers]:
    """Both servers as containers for this block; afterwards they and their data are removed.

    The broker loads `definitions`, a file, when it boots. Raises ServersUnavailable if no engine answers or an
    image cannot be had.
    """
    if not container_engine_answers():
        raise ServersUnavailable("no container engine answers")
    postgresql, rabbitmq = ContainerPostgreSQL(), ContainerRabbitMQ(definitions=definitions)
    try:
        with ThreadPoolExecutor() as both:
            list(both.map(lambda server: server.start(), (postgresql, rabbitmq)))
        yield Servers(postgresql.url, rabbitmq.url, postgresql, rabbitmq)
    finally:
        for server in (postgresql, rabbitmq):
            server.remove()
