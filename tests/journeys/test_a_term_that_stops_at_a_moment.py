"""A term that is played until a moment, left as it is then, and gone on with by hand."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from signal import SIGINT
from typing import Any

import httpx
import pytest

from ninthweek.demonstration.clock import noted_moment
from ninthweek.demonstration.moments import Moment, stop_at
from ninthweek.demonstration.playing import play_term
from ninthweek.demonstration.stage import stage_for
from ninthweek.demonstration.term import read_term
from ninthweek.servers import remove_servers
from ninthweek.servers.ports import free_port
from ninthweek.settings import AdministratorUrls
from shared.contracts.evaluation import SurveyAnswered, SurveyOpened
from shared.contracts.intake import ApplicationReceived, ApplicationsClosed, ProjectSubmitted, StudentRegistered
from shared.contracts.matching import (
    MatchMade,
    OfferAccepted,
    OfferMade,
    PlacementCompleted,
    PlacementConfirmed,
    RankingReceived,
)
from shared.contracts.message import Event
from shared.contracts.screening import ProjectApproved
from tests.journeys.terms import MadeUpTerm
from tests.support.waiting import until

pytestmark = pytest.mark.timeout(300)

NINTHWEEK = (sys.executable, "-c", "from ninthweek.command_line import main; main()")

AMONG: dict[Moment, tuple[type[Event], type[Event], type[Event] | None]] = {
    Moment.SCREENING: (ProjectSubmitted, ProjectApproved, ApplicationReceived),
    Moment.APPLICATIONS: (StudentRegistered, ApplicationReceived, ApplicationsClosed),
    Moment.RANKINGS: (ApplicationReceived, RankingReceived, MatchMade),
    Moment.OFFERS: (OfferMade, OfferAccepted, PlacementCompleted),
    Moment.PLACEMENTS: (OfferMade, PlacementConfirmed, SurveyOpened),
    Moment.SURVEYS: (SurveyOpened, SurveyAnswered, None),
}
"""The event by which people were asked, the one by which some of them have acted, and one that comes only later."""


@pytest.mark.parametrize("moment", Moment)
async def test_a_moment_is_in_the_midst_of_what_it_is_named_for(
    moment: Moment, test_database_url: str, amqp_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_FOLDER", str(tmp_path))
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "documents").as_uri())
    term = read_term(MadeUpTerm(seed=4, students=24).write(tmp_path / "term"))
    stop = stop_at(moment, term.calendar)
    async with stage_for(term, AdministratorUrls(test_database_url, amqp_url)) as stage:
        await play_term(term, stage, lambda: None, stop)
        asked, done, later = AMONG[moment]
        assert stage.clock() == stop.at
        assert len(stage.chronicle.of(asked)) > len(stage.chronicle.of(done)) > 0
        assert later is None or not stage.chronicle.of(later)
        timer = await stage.next_timer()
        assert timer is None or timer > stop.at


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "demo"
    remove_servers(tmp_path / "demo" / "servers")


async def test_up_goes_on_with_what_a_demonstration_left(out: Path, tmp_path: Path) -> None:
    folder = MadeUpTerm(seed=4, students=12).write(tmp_path / "term")
    demo = await _start("demo", "--until", "offers", "--term", str(folder), "--out", str(out))
    printed, _ = await demo.communicate()
    assert (demo.returncode, f"ninthweek up --data {out}" in printed.decode()) == (0, True), printed.decode()
    stopped_at = stop_at(Moment.OFFERS, read_term(folder).calendar).at
    assert noted_moment(out) == stopped_at
    mails = len(list((out / "mails").iterdir()))

    async with _up(out) as up:
        offers: list[dict[str, Any]] = (await up.staff.get("/offers", params={"state": "open"})).json()
        answer = await up.staff.post(f"/offers/{offers[0]['application_id']}/reply", json={"reply": "accept"})
        assert answer.is_success
        assert (await up.follow("sign in as host")).headers["location"] == "/"
        assert (await up.follow("sign in as student")).headers["location"] == "/"
        (student,) = [label.split()[-1] for label in up.printed if label.startswith("sign in as student")]
        assert student in {offer["student_id"] for offer in offers}
        assert (await up.follow("sign in as reviewer, once")).headers["location"] == "/"
        assert (await up.follow("sign in as reviewer, once")).status_code == HTTPStatus.UNAUTHORIZED

        async def both_sides_have_a_mail() -> bool:
            return len(list((out / "mails").iterdir())) == mails + 2

        await until(both_sides_have_a_mail)

    came_to = noted_moment(out)
    assert came_to is not None
    assert stopped_at < came_to < stopped_at + timedelta(minutes=5)
    async with _up(out) as up:
        still_open = (await up.staff.get("/offers", params={"state": "open"})).json()
        assert len(still_open) == len(offers) - 1
        placement = (await up.staff.get(f"/placements/{offers[0]['application_id']}")).json()
        assert placement["state"] == "confirmed"
    assert came_to < (noted_moment(out) or came_to)


@dataclass(frozen=True)
class Up:
    """An `up` that runs: what it printed, by label, and staff's client of its API."""

    printed: dict[str, str]
    staff: httpx.AsyncClient

    async def follow(self, label: str) -> httpx.Response:
        """Open the link of this label, as somebody who has no token."""
        (link,) = [value for name, value in self.printed.items() if name.startswith(label)]
        async with httpx.AsyncClient() as browser:
            return await browser.get(link)


@asynccontextmanager
async def _up(data: Path) -> AsyncIterator[Up]:
    """An `up` with this folder while the block lasts."""
    port = free_port()
    process = await _start("up", "--data", str(data), "--port", str(port), NINTHWEEK_TOKEN="secret")
    assert process.stdout is not None
    printed: dict[str, str] = {}
    while "mails" not in printed and (line := (await process.stdout.readline()).decode()):
        label, _, value = line.strip().rpartition(" ")
        printed[label.strip()] = value
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": "Bearer secret"})

    async def is_ready() -> bool:
        try:
            return (await client.get("/readyz")).is_success
        except httpx.TransportError:
            return False

    async with client:
        await until(is_ready)
        yield Up(printed, client)
        process.send_signal(SIGINT)
        _, logged = await process.communicate()
        assert process.returncode == 0, logged.decode()


async def _start(*arguments: str, **settings: str) -> asyncio.subprocess.Process:
    """A command of ours, with servers of its own."""
    others = ("DATABASE_URL", "AMQP_URL", "SMTP_URL", "MAIL_FOLDER", "DOCUMENTS_URL", "PUBLIC_URL", "SESSION_SECRET")
    environment = {name: value for name, value in os.environ.items() if name not in others} | settings
    return await asyncio.create_subprocess_exec(*NINTHWEEK, *arguments, env=environment, stdout=PIPE, stderr=PIPE)
