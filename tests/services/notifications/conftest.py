"""Fixtures: a mail server, and a folder for mails."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.mailbox import Mailbox, listening


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with listening() as listens:
        yield listens


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to which mails are written, since no mail server is set."""
    monkeypatch.delenv("SMTP_URL", raising=False)
    monkeypatch.setenv("MAIL_FOLDER", str(tmp_path))
    return tmp_path
