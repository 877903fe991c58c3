"""`first_paint_ms`: how long after a click a reader sees a page, in Chromium on this machine, with 1,000 projects."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser, async_playwright
from starlette.types import Receive, Scope, Send

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.servers import BenchServers, Place
from ninthweek.demonstration.moments import Moment, Stop
from ninthweek.demonstration.playing import play_term
from ninthweek.demonstration.stage import stage_for
from ninthweek.demonstration.term import read_term
from ninthweek.serving import listening
from ninthweek.settings import AdministratorUrls
from shared.web.application import application
from shared.web.authentication import Authenticator
from shared.web.sessions import cookie_name
from tests.journeys.terms import MadeUpTerm
from tests.support.chromium import chromium
from tests.support.visitors import SETTINGS, session_cookie, staff


@dataclass(frozen=True, slots=True)
class Looks:
    projects: int
    loads: int
    """How often each page is loaded in a repeat, in a browser that has none of its files yet; the median counts."""


SIZES = Sizes(smallest=Looks(projects=3, loads=1), usual=Looks(projects=1_000, loads=9))

FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
PLAIN = "a plain page of the catalogue's size, by the same server"


async def measure(servers: BenchServers, looks: Looks) -> AsyncIterator[Reading]:
    """The figure is the catalogue's; beside it a project's page, the screening queue, and a page that costs nothing."""
    place = await servers.fresh()
    with TemporaryDirectory() as folder:
        async with _programme(place, Path(folder), looks.projects) as pages, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            while True:
                seen = {name: await _median(browser, url, looks.loads) for name, url in pages.items()}
                yield Reading(seen.pop("the catalogue"), seen)


async def _median(browser: Browser, url: str, loads: int) -> Measured:
    return Measured(median([await _first_paint(browser, url) for _ in range(loads)]), "ms")


@asynccontextmanager
async def _programme(place: Place, folder: Path, number: int) -> AsyncIterator[Mapping[str, str]]:
    """The services of a term just after applications have opened; yields the address of each page."""
    os.environ |= {"MAIL_FOLDER": str(folder / "mails"), "DOCUMENTS_URL": (folder / "documents").as_uri()}
    term = read_term(MadeUpTerm(seed=1, students=2 * number).write(folder / "term"))
    stop = Stop(Moment.APPLICATIONS, term.calendar.opens_at + timedelta(minutes=1))
    async with stage_for(term, AdministratorUrls(place.database_url, place.amqp_url)) as stage:
        await play_term(term, stage, lambda: None, stop)
        gc.freeze()  # as `serve` does, whose process would have nothing in memory of playing the term
        replicas = list(stage.replicas.values())
        programme = application(replicas, Authenticator({}, SETTINGS))
        plain = ""

        async def site(scope: Scope, receive: Receive, send: Send) -> None:
            is_plain = scope["type"] == "http" and scope["path"] == "/plain"
            await (HTMLResponse(plain) if is_plain else programme)(scope, receive, send)

        async with listening(site) as url:
            catalogue = f"{url}/catalogue"
            async with httpx.AsyncClient(cookies={cookie_name(SETTINGS): session_cookie(staff())}) as client:
                size = len((await client.get(catalogue)).content)
                projects = (await client.get(f"{url}/projects", params={"state": "approved"})).json()
            plain = "<!doctype html><title>Plain</title>" + "<p>A plain page of text.</p>\n" * (size // 29)
            yield {
                "the catalogue": catalogue,
                "a project's page": f"{catalogue}/{projects[0]['project_id']}",
                "the screening queue": f"{url}/staff/screening?state=approved",
                PLAIN: f"{url}/plain",
            }


async def _first_paint(browser: Browser, url: str) -> float:
    """Milliseconds from asking for the page to its first contentful paint."""
    context = await browser.new_context()
    try:
        await context.add_cookies([{"name": cookie_name(SETTINGS), "value": session_cookie(staff()), "url": url}])
        page = await context.new_page()
        answer = await page.goto(url)
        if answer is None or not answer.ok:
            raise RuntimeError(f"{url} cannot be measured: {answer and answer.status}")
        while (painted := await page.evaluate(FIRST_PAINT)) is None:
            await asyncio.sleep(0.02)
        return float(painted)
    finally:
        await context.close()
