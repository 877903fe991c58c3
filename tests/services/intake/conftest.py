"""A running intake, with its documents in the test's own folder."""

from pathlib import Path

import pytest

from tests.services.intake.front_door import FrontDoor
from tests.support.running import Start


@pytest.fixture(autouse=True)
def documents_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "documents"
    monkeypatch.setenv("DOCUMENTS_URL", folder.as_uri())
    return folder


@pytest.fixture
async def door(start: Start) -> FrontDoor:
    return FrontDoor(await start("intake"))


@pytest.fixture
async def two_doors(start: Start) -> FrontDoor:
    """Two replicas of intake, which share its queue."""
    return FrontDoor(await start("intake", replicas=2))
