"""A whole term over real servers, from the first proposal to the evaluation, judged as the demonstration judges it."""

import json
import time
from email import message_from_bytes, policy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ninthweek.demonstration.performance import perform
from ninthweek.demonstration.term import read_term
from ninthweek.settings import AdministratorUrls, SettingFaulty
from tests.journeys.terms import BUNDLED, MadeUpTerm

pytestmark = pytest.mark.timeout(600)

ALL_IS_RIGHT = "All that must hold of a term holds."


@pytest.fixture
def urls(test_database_url: str, amqp_url: str) -> AdministratorUrls:
    return AdministratorUrls(test_database_url, amqp_url)


async def test_the_bundled_term_comes_out_as_expected(urls: AdministratorUrls, tmp_path: Path) -> None:
    status, printed = await _perform(BUNDLED, tmp_path, urls)
    assert (status, ALL_IS_RIGHT in printed) == (0, True), printed

    summary, expected = _json(tmp_path / "summary.json"), _json(BUNDLED / "expected.json")
    expected["refused"] = {event_id: sorted(fields) for event_id, fields in expected["refused"].items()}
    assert {key: summary[key] for key in expected} == expected
    assert {placement["status"] for placement in summary["placements"]} == {"completed"}

    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in (tmp_path / "mails").iterdir()]
    assert len(mails) == sum(summary["emails"].values()) == summary["events"]["EmailSent"]
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)

    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "<script" not in page


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_made_up_term_comes_out_as_expected(seed: int, urls: AdministratorUrls, tmp_path: Path) -> None:
    folder = MadeUpTerm(seed=seed, students=12).write(tmp_path / "term")
    status, printed = await _perform(folder, tmp_path, urls)
    assert (status, ALL_IS_RIGHT in printed) == (0, True), printed


async def test_an_outcome_that_was_not_expected_is_reported_and_makes_the_status_1(
    urls: AdministratorUrls, tmp_path: Path
) -> None:
    folder = MadeUpTerm(seed=3, students=4).write(tmp_path / "term")
    expected = _json(folder / "expected.json")
    (folder / "expected.json").write_text(json.dumps(expected | {"places": expected["places"] + 1}))
    status, printed = await _perform(folder, tmp_path, urls)
    assert status == 1
    assert f"wrong: places: is {expected['places']} and not {expected['places'] + 1}" in printed

    with pytest.raises(SettingFaulty, match="has a round already"):
        await _perform(folder, tmp_path, urls)


async def _perform(folder: Path, out: Path, urls: AdministratorUrls) -> tuple[int, str]:
    """The exit status, and what is printed."""
    console = Console(file=StringIO(), width=120)
    with console.capture() as capture:
        status = await perform(read_term(folder), out, urls, console=console, began=time.monotonic())
    return status, capture.get()


def _json(file: Path) -> Any:
    return json.loads(file.read_bytes())
