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
    found = {path.stem for path in (HOUSE / service).iterdir() if path.name != "__pycache__"}
    assert found <= ROOMS


@pytest.mark.parametrize("service", [card.name for card in SERVICES])
def test_only_actions_publish(service: str) -> None:
    publishing = {
        path.relative_to(HOUSE / service).parts[0].removesuffix(".py")
        for path in (HOUSE / service).rglob("*.py")
        if _publishes(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert publishing <= {"actions"}


def _publishes(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "publish"
        for node in ast.walk(module)
    )
