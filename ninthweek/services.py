"""The five services, put together: the only place that imports them."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from shared.contracts.directory import SERVICES
from shared.runtime import Service

ROOMS = ("handlers", "effects", "routes")
"""The rooms that register themselves on their service."""

NAMES = tuple(card.name for card in SERVICES)


def load(name: str) -> Service:
    """A service with all its rooms."""
    package = import_module(f"services.{name}")
    for room in ROOMS:
        if find_spec(f"services.{name}.{room}"):
            import_module(f"services.{name}.{room}")
    service: Service = package.service
    return service


def migrations(name: str) -> Path:
    """The folder of a service's migrations."""
    return Path(__file__).parent.parent / "services" / name / "migrations"
