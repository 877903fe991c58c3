"""Every service has the same rooms; whoever knows one knows all."""

import ast
from pathlib import Path

import pytest

from shared.contracts.directory import SERVICES

HOUSE = Path(__file__).parents[2] / "services"

ROOMS = frozenset(
    {
        *("__init__", "messages", "handlers", "api", "web", "actions", "rules", "store", "outside", "dependencies"),
        *("migrations", "pages"),
    }
)


@pytest.mark.parametrize("service", [card.name for card in SERVICES])
def test_a_service_has_rooms_and_nothing_else(service: str) -> None:
    assert {_room(path, service) for path in (HOUSE / service).rglob("*") if path.is_file()} <= ROOMS | {"__pycache__"}


@pytest.mark.parametrize("service", [card.name for card in SERVICES])
def test_only_actions_publish(service: str) -> None:
    publishing = {
        _room(path, service)
        for path in (HOUSE / service).rglob("*.py")
        if _publishes(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert publishing <= {"actions"}


def _room(path: Path, service: str) -> str:
    """Where a file of a service lies; what was compiled from files that have moved lies nowhere."""
    folders = path.relative_to(HOUSE / service).parts
    return "__pycache__" if "__pycache__" in folders else folders[0].removesuffix(".py")


def _publishes(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "publish"
        for node in ast.walk(module)
    )
