"""The expected outcome of a term, as far as its folder has it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ninthweek.demonstration.term.tables import Faults
from shared.contracts.faults import faults_of


class Expected(BaseModel):
    """`expected.json`; a key that it leaves out is not checked. `refused` has the fields at fault by event id."""

    model_config = ConfigDict(strict=True)

    projects_submitted: int | None = None
    projects_approved: list[str] | None = None
    places: int | None = None
    refused: dict[str, list[str]] | None = None
    applications_received: list[str] | None = None
    first_offers: list[str] | None = None


def read_expected(folder: Path, faults: Faults) -> Expected:
    """Read what the folder expects; nothing where it has no such file."""
    file = folder / "expected.json"
    if not file.exists():
        return Expected()
    try:
        return Expected.model_validate_json(file.read_bytes())
    except OSError as error:
        faults.append(f"{file.name}: cannot be read ({error.strerror}).")
    except ValidationError as error:
        faults += [f"{file.name}: {fault.field}: {fault.reason}" for fault in faults_of(error.errors())]
    return Expected()
