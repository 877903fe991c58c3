"""Another machine: a network namespace, whose only way out is a cable that loses packets and can be pulled."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

CLONE_NEWNET = 0x40000000


class NoNamespaces(Exception):
    """No network namespace can be made here; the text says why."""


@dataclass(frozen=True)
class Remote:
    """`here` is this machine's address, as the other one sees it."""

    name: str
    here: str
    _cable: str

    def lose(self, probability: float) -> None:
        """Lose so many of the packets that come in, and of those that go out."""
        for chain in ("INPUT", "OUTPUT"):
            loss = ["--match", "statistic", "--mode", "random", "--probability", str(probability)]
            _run("ip", "netns", "exec", self.name, "iptables", "--append", chain, *loss, "--jump", "DROP")

    def pull(self) -> None:
        """Pull the cable: no packet passes, and neither end is notified."""
        _run("ip", "link", "set", self._cable, "down")

    def plug_in(self) -> None:
        _run("ip", "link", "set", self._cable, "up")

    @property
    def enter(self) -> partial[None]:
        """What a process calls first to be on that machine."""
        return partial(_enter, self.name)


@contextmanager
def remote_machine() -> Iterator[Remote]:
    """Another machine while the block lasts. Raises `NoNamespaces`."""
    if os.geteuid() != 0:
        raise NoNamespaces("only root may make network namespaces")
    if not (shutil.which("ip") and shutil.which("iptables")):
        raise NoNamespaces("ip and iptables are not installed")
    number = os.getpid() % 16_000
    name, cable, far = f"ninthweek-{os.getpid()}", f"nw{os.getpid()}h", f"nw{os.getpid()}r"
    network = f"10.213.{number // 64}.{number % 64 * 4}".rpartition(".")
    here, there = (f"{network[0]}.{int(network[2]) + place}" for place in (1, 2))
    try:
        _run("ip", "netns", "add", name)
        _run("ip", "link", "add", cable, "type", "veth", "peer", "name", far, "netns", name)
        _run("ip", "address", "add", f"{here}/30", "dev", cable)
        _run("ip", "link", "set", cable, "up")
        _run("ip", "-netns", name, "address", "add", f"{there}/30", "dev", far)
        _run("ip", "-netns", name, "link", "set", far, "up")
        yield Remote(name, here, cable)
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        raise NoNamespaces(f"{' '.join(command)}: {error.stderr.strip()}") from error


def _enter(name: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/run/netns/{name}").open() as namespace:
        if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"the namespace {name} cannot be entered")
