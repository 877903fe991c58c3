"""The contracts in the code are those that `docs/contracts` publishes."""

import json
from pathlib import Path

import pytest

from ninthweek.services import NAMES, load
from shared.contracts.directory import published_messages
from shared.contracts.documents import breaking_changes, stale_contracts
from shared.contracts.documents.schemas import name
from shared.contracts.message import Message
from shared.web.application import routes_of

PUBLISHED = Path(__file__).parents[3] / "docs" / "contracts"


def test_nothing_that_was_published_is_broken() -> None:
    """A change that breaks a consumer or a sender needs the next version of its message."""
    assert breaking_changes(PUBLISHED) == []


def test_what_is_published_is_what_the_code_has() -> None:
    openapi = routes_of(tuple(load(service) for service in NAMES)).openapi()
    assert stale_contracts(PUBLISHED, openapi) == [], "run `ninthweek contracts` and commit what it writes"


@pytest.mark.parametrize("message", published_messages(), ids=name)
def test_what_was_published_as_an_example_is_still_read(message: type[Message]) -> None:
    """The schemas do not say what a validator in code would refuse."""
    file = PUBLISHED / "schemas" / f"{name(message)}.json"
    for example in json.loads(file.read_text())["examples"]:
        message.from_json(json.dumps(example))
