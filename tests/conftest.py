"""Which servers the tests have, and what each of them costs; the fixtures that need a server are loaded with it."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.costs import Costs

ROOT = Path(__file__).parent.parent
WITHOUT_SERVERS = (ROOT / "tests" / "unit", ROOT / "tests" / "deployment", ROOT / "tests" / "asyncapi")

LONG = (
    "browser/",
    "journeys/",
    "services/web/test_openapi.py",
    "services/web/test_who_may.py",
    "services/docs/test_first_handler.py",
    "asyncapi/",
)
"""Tests that take half a minute or more: they begin first, so that no worker is left with one at the end."""

_running = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--servers",
        choices=("auto", "private", "containers"),
        default="auto",
        help="Which PostgreSQL and RabbitMQ: containers where an engine answers (auto), or only one of both kinds.",
    )
    parser.addoption("--screenshots", action="store_true", help="Keep a picture of every page in var/screenshots.")
    parser.addoption("--costs", action="store_true", help="Print at the end which files cost how many seconds.")


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the process that starts the workers, unless the tests that run need none."""
    if config.option.costs and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Costs())
    selected = [Path(argument.partition("::")[0]).absolute() for argument in config.args]
    if all(any(path.is_relative_to(folder) for folder in WITHOUT_SERVERS) for path in selected):
        return
    # Not before: whoever runs the unit tests waits for nothing that they do not use.
    config.pluginmanager.import_plugin("tests.support.fixtures")
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    from tests.support.servers import servers_for_tests

    config.stash[_running] = ExitStack()
    folder = ROOT / "var" / f"tests-{os.getpid()}"
    config.stash[_running].enter_context(servers_for_tests(folder, kind=config.option.servers))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.removeprefix("tests/").startswith(LONG))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _running in config.stash:
        config.stash[_running].close()
