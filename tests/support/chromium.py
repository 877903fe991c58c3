"""The system's Chromium."""

import shutil
from pathlib import Path

from ninthweek.servers.debian import can_install, install_package
from ninthweek.servers.errors import ServersUnavailable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

NOT_HERE = "There is no Chromium here: install the package chromium, or Google Chrome, so that it is in the path."


def chromium() -> Path:
    """The path of the browser; as root on Debian its package is installed. Raises `ServersUnavailable`."""
    if found := _find():
        return found
    if can_install():
        return install_package("chromium", _find)
    raise ServersUnavailable(NOT_HERE)


def _find() -> Path | None:
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)
