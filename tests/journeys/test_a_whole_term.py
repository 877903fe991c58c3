"""A whole term over real servers, from the first proposal to the evaluation, judged as the demonstration judges it."""

import io
import json
import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from rich.console import Console

from ninthweek.demonstration.performance import perform
from ninthweek.demonstration.term import read_term
from ninthweek.settings import AdministratorUrls
from tests.journeys.terms import BUNDLED, MadeUpTerm

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def urls(test_database_url: str, amqp_url: str) -> AdministratorUrls:
    return AdministratorUrls(test_database_url, amqp_url)


async def test_the_bundled_term_comes_out_as_expected(urls: AdministratorUrls, tmp_path: Path) -> None:
    assert await _play(BUNDLED, tmp_path, urls) == "All that must hold of a term holds."

    summary, expected = _json(tmp_path / "summary.json"), _json(BUNDLED / "expected.json")
    assert {key: summary[key] for key in expected} == {
        **expected, "refused": {event_id: sorted(fields) for event_id, fields in expected["refused"].items()}
    }
    assert {placement["status"] for placement in summary["placements"]} == {"completed"}

    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in (tmp_path / "mails").iterdir()]
    assert len(mails) == sum(summary["emails"].values())
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)

    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "<script" not in page


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_made_up_term_comes_out_as_expected(seed: int, urls: AdministratorUrls, tmp_path: Path) -> None:
    folder = MadeUpTerm(seed=seed, students=12).write(tmp_path / "term")
    assert await _play(folder, tmp_path, urls) == "All that must hold of a term holds."


async def test_a_second_term_in_the_same_folder_takes_the_place_of_the_first
