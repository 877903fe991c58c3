"""Loads the five services by name: a process imports only those that it runs."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pydantic import ValidationError

from ninthweek.settings import SettingFaulty
from shared import telemetry
from shared.contracts.directory import SERVICES
from shared.runtime import Service

ROOMS = ("handlers", "web", "api")
"""The rooms that register themselves on their service.

`web` before `api`: the first route that fits is taken, and `/reports/{round_id}.html` is the narrower one.
"""

NAMES = tuple(card.name for card in SERVICES)


def load(name: str) -> Service:
    """Import a service with all its rooms, and return it."""
    package = import_module(f"services.{name}")
    for room in ROOMS:
        if find_spec(f"services.{name}.{room}"):
            import_module(f"services.{name}.{room}")
    service: Service = package.service
    return service


def check_settings(names: Iterable[str]) -> None:
    """Check the settings of these services, before anything is started.

    Raises `SettingFaulty` or pydantic's `ValidationError`, which says which setting is wrong and what to do.
    """
    # What only one service needs is not imported where another runs.
    try:
        telemetry.check_settings()
        if "intake" in names:
            from services.intake.outside.documents import document_store  # noqa: PLC0415

            document_store()
    except ValidationError:
        raise
    except ValueError as error:
        raise SettingFaulty(str(error)) from None
    if "notifications" in names:
        from services.notifications.outside.settings import MailSettings  # noqa: PLC0415

        MailSettings()


def migrations(name: str) -> Path:
    """The folder of a service's migrations."""
    return Path(__file__).parent.parent / "services" / name / "migrations"
