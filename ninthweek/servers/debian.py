"""Installs packages on Debian and Ubuntu, such as RabbitMQ or a browser, without starting their services."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from ninthweek.servers.errors import ServersUnavailable
from ninthweek.servers.rabbitmq import RabbitMQPrograms, installed_rabbitmq

Found = TypeVar("Found")

_LOCK = Path("/run/ninthweek-install.lock")
# Debian asks this file whether a package may start its service; 101 means that it may not.
_POLICY = Path("/usr/sbin/policy-rc.d")
_NO_SERVICE = "#!/bin/sh\nexit 101\n"


def can_install() -> bool:
    """Whether packages can be installed here: as root, with apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_rabbitmq() -> RabbitMQPrograms:
    """Install `rabbitmq-server` and return its programs. Raises ServersUnavailable as `install_package` does."""
    return install_package("rabbitmq-server", installed_rabbitmq)


def install_package(package: str, find: Callable[[], Found | None]) -> Found:
    """Install a package and return what `find` finds of it; a note of one line goes to standard error.

    Raises ServersUnavailable with what apt-get said if it cannot be installed.
    """
    with _alone():
        # Another process may have installed it while this one waited.
        if installed := find():
            return installed
        sys.stderr.write(f"ninthweek: installing the package {package} (once on this machine)\n")
        with _no_service_starts():
            # A fresh machine has no package lists, and fetching them takes longer than trying without.
            if _apt_get("install", package).returncode != 0:
                _apt_get("update")
                attempt = _apt_get("install", package)
                if attempt.returncode != 0:
                    raise ServersUnavailable(f"the package {package} cannot be installed:\n{attempt.stdout.rstrip()}")
    if installed := find():
        return installed
    raise ServersUnavailable(f"the package {package} is installed, but its programs are not found")


def _apt_get(action: str, *packages: str) -> subprocess.CompletedProcess[str]:
    options = ["--quiet", "--yes", "--no-install-recommends", "--option=DPkg::Lock::Timeout=120"]
    return subprocess.run(
        ["apt-get", *options, action, *packages],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )


@contextmanager
def _alone() -> Iterator[None]:
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _no_service_starts() -> Iterator[None]:
    before = _POLICY.with_name("policy-rc.d.before-ninthweek")
    if _POLICY.exists():
        _POLICY.rename(before)
    _POLICY.write_text(_NO_SERVICE)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()
        if before.exists():
            before.rename(_POLICY)
