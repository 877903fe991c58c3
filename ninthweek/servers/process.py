"""A server's process: started apart from the terminal, and ended when our process ends, however that is."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from ninthweek.servers.errors import ServersUnavailable

_POLL_SECONDS = 0.02
_STOP_SECONDS = 20.0

# Reads a pipe that only our process holds open: it ends when we do, however we end, SIGKILL included.
# A parent-death signal would not do: it is bound to the thread that started the child.
_WATCH = """
read -r _
kill -s "$1" -- "-$2" || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.5
    kill -0 -- "-$2" || exit 0
done
kill -s KILL -- "-$2"
"""


class ServerProcess:
    """One foreground process of a server.

    It has a session of its own, so that a Ctrl-C in the terminal reaches us alone and we stop the servers
    when nobody needs them any more. A watching shell ends it if we die first; the shell inherits
    `held_until_gone`, a file descriptor with the lock on the server's folder.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str],
        stop_signal: signal.Signals,
        held_until_gone: int,
        user: int | None = None,
        group: int | None = None,
    ) -> None:
        self._log = log
        self._name = Path(command[0]).name
        self._stop_signal = stop_signal
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                # The caller's folder may be closed to the server's user.
                cwd="/",
                start_new_session=True,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
            )
        self._watch = subprocess.Popen(
            ["sh", "-c", _WATCH, "watch", stop_signal.name.removeprefix("SIG"), str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[held_until_gone],
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Return when `ready` says so.

        Raises ServersUnavailable, with the end of the log, if the process ends or the time is over first.
        """
        end = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None:
                raise ServersUnavailable(f"{self._name} ended while starting:\n{self._end_of_log()}")
            if time.monotonic() > end:
                raise ServersUnavailable(
                    f"{self._name} was not ready after {seconds:.0f} seconds:\n{self._end_of_log()}"
                )
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End it in order; kill what has not ended after 20 seconds. Returns when all of it is gone."""
        family = self._family()
        if self._process.poll() is None:
            os.killpg(self._process.pid, self._stop_signal)
        self._reap(family)

    def kill(self) -> None:
        """End it and its children at once (SIGKILL), as a power cut would. Returns when they are gone."""
        family = self._family()
        _kill(family)
        self._reap(family)

    def _family(self) -> list[psutil.Process]:
        try:
            leader = psutil.Process(self._process.pid)
            return [leader, *leader.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _reap(self, family: list[psutil.Process]) -> None:
        _, left = psutil.wait_procs(family, timeout=_STOP_SECONDS)
        _kill(left)
        psutil.wait_procs(left)
        # The watch goes first: once the process is reaped its number may be given to another.
        self._watch.kill()
        self._watch.communicate()
        self._process.wait()

    def _end_of_log(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:]) or f"(nothing in {self._log})"


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        # A child may end by itself when its parent does.
        with suppress(psutil.NoSuchProcess):
            process.kill()
