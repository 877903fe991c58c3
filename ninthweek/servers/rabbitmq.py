"""RabbitMQ from the programs installed on this machine, as a broker of its own."""

import os
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ninthweek.servers.folder import kept_password
from ninthweek.servers.ports import free_port
from ninthweek.servers.process import ServerProcess

_START_SECONDS = 90.0
_EPMD_START_SECONDS = 10.0
_ANSWER_SECONDS = 1.0
_AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
_METHOD_FRAME = b"\x01"

# Debian and RPM put a wrapper into the path that insists on a user and folders of its own.
_PROGRAM_BEHIND_THE_WRAPPER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_CONTROL_BEHIND_THE_WRAPPER = Path("/usr/lib/rabbitmq/bin/rabbitmqctl")
_SYSTEM_FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = ninthweek
default_pass = {password}
loopback_users = none
log.file = false
log.console = true
log.console.level = info
"""


@dataclass(frozen=True)
class RabbitMQPrograms:
    server: Path
    control: Path
    epmd: Path


def installed_rabbitmq() -> RabbitMQPrograms | None:
    """The broker's programs, where they are installed."""
    path = _search_path()
    server = shutil.which(_PROGRAM_BEHIND_THE_WRAPPER) or shutil.which("rabbitmq-server", path=path)
    control = shutil.which(_CONTROL_BEHIND_THE_WRAPPER) or shutil.which("rabbitmqctl", path=path)
    epmd = shutil.which("epmd", path=path)
    if server is None or control is None or epmd is None or shutil.which("erl", path=path) is None:
        return None
    return RabbitMQPrograms(Path(server), Path(control), Path(epmd))


class LocalRabbitMQ:
    """A broker of our own on a free port of 127.0.0.1, with its data in `folder`.

    Its node registers its name with an `epmd` of its own; that of other brokers on this machine is neither
    used nor started. `held_until_gone` is the file descriptor that locks the folder. With `definitions`, a file,
    it has the users of that file instead of the one in `url`. With `management` it also has its management API, and
    takes longer to start.
    """

    def __init__(
        self,
        folder: Path,
        programs: RabbitMQPrograms,
        *,
        held_until_gone: int,
        definitions: Path | None = None,
        management: bool = False,
    ) -> None:
        self._folder = folder
        self._home = folder / "rabbitmq"
        self._programs = programs
        self._held_until_gone = held_until_gone
        self._port = free_port()
        self._node_port = free_port()
        self._epmd_port = free_port()
        self._password = kept_password(folder / "rabbitmq.password")
        self._definitions = definitions
        self._management_port = free_port() if management else None
        self._epmd: ServerProcess | None = None
        self._process: ServerProcess | None = None

    @property
    def url(self) -> str:
        return f"amqp://ninthweek:{self._password}@127.0.0.1:{self._port}/"

    @property
    def management_url(self) -> str:
        return f"http://127.0.0.1:{self._management_port}"

    def start(self) -> None:
        """Start it and return when it answers on AMQP; when started again, it has the same port and data."""
        self._home.mkdir(mode=0o700, exist_ok=True)
        configuration = self._home / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        settings = _CONFIGURATION.format(port=self._port, password=self._password)
        if self._definitions is not None:
            settings += f"load_definitions = {self._definitions.absolute()}\n"
        plugins = ""
        if self._management_port is None:
            _link_broker_without_plugins(self._programs.server, self._home / "applications")
        else:
            plugins = "rabbitmq_management"
            settings += f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {self._management_port}\n"
        configuration.write_text(settings)
        (self._home / "enabled_plugins").write_text(f"[{plugins}].\n")
        self._epmd = ServerProcess(
            [self._programs.epmd],
            log=self._folder / "epmd.log",
            environment=self._environment(),
            stop_signal=signal.SIGTERM,
            held_until_gone=self._held_until_gone,
        )
        self._epmd.wait_until(lambda: _accepts(self._epmd_port), seconds=_EPMD_START_SECONDS)
        self._process = ServerProcess(
            [self._programs.server],
            log=self._folder / "rabbitmq.log",
            environment=self._environment(),
            stop_signal=signal.SIGTERM,
            held_until_gone=self._held_until_gone,
        )
        self._process.wait_until(lambda: speaks_amqp("127.0.0.1", self._port), seconds=_START_SECONDS)

    def stop(self) -> None:
        """Stop it in order; nothing happens if it does not run."""
        if self._process is not None:
            self._process.stop()
            self._process = None
        self._end_epmd()

    def kill(self) -> None:
        """Kill the broker (SIGKILL); nothing happens if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process = None
        self._end_epmd()

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` answers on this node. Raises CalledProcessError."""
        environment = self._environment()
        del environment["RABBITMQ_DIST_PORT"]  # the port of the node, which `rabbitmqctl` must not take
        return subprocess.run(
            [self._programs.control, *arguments], env=environment, check=True, capture_output=True, text=True
        ).stdout

    def _end_epmd(self) -> None:
        # It only holds names in memory, so it need not be stopped in order.
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd = None

    def _environment(self) -> dict[str, str]:
        # Not our process's own environment: RABBITMQ_… and ERL_… in it would be those of another broker.
        applications = self._home / "applications"
        return {
            "PATH": _search_path(),
            "HOME": str(self._home),  # where Erlang keeps its cookie
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_NODENAME": "ninthweek@localhost",
            "RABBITMQ_DIST_PORT": str(self._node_port),
            # On few cores, schedulers that sleep at once make the start half as long again.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +sbwt short",
            "RABBITMQ_CONF_ENV_FILE": str(self._home / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(self._home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._home / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._home / "enabled_plugins"),
            **({"RABBITMQ_PLUGINS_DIR": str(applications)} if applications.exists() else {}),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self._home / "config"),
            "RABBITMQ_MNESIA_BASE": str(self._home),
            "RABBITMQ_MNESIA_DIR": str(self._home / "data"),
            "RABBITMQ_LOG_BASE": str(self._home / "log"),
            "RABBITMQ_PID_FILE": str(self._home / "pid"),
        }


def speaks_amqp(host: str, port: int) -> bool:
    """Whether a broker answers the greeting of AMQP 0-9-1 there."""
    try:
        with socket.create_connection((host, port), timeout=_ANSWER_SECONDS) as connection:
            connection.sendall(_AMQP_GREETING)
            return connection.recv(1) == _METHOD_FRAME
    except OSError:
        return False


def _link_broker_without_plugins(server: Path, links: Path) -> None:
    """Link the broker's own parts into a folder; nothing is linked where the installation is laid out otherwise.

    A start looks for each of its modules in every part that is there. Two thirds of them are plugins, which
    are not used here: without them it takes a second or two less.
    """
    shutil.rmtree(links, ignore_errors=True)
    root = server.resolve().parent.parent
    installed = [*root.glob("lib/rabbitmq_server-*/plugins"), *root.glob("plugins")]
    if len(installed) != 1:
        return
    links.mkdir()
    for part in installed[0].iterdir():
        if not part.name.startswith("rabbitmq_") or part.name.startswith("rabbitmq_prelaunch"):
            (links / part.name).symlink_to(part)


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_SECONDS):
            return True
    except OSError:
        return False


def _search_path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:{_SYSTEM_FOLDERS}"
