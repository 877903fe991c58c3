"""Every page of every service, as every kind of person finds it by its links: it is accessible to everybody.

axe-core finds nothing at WCAG 2.2 AA, nothing is wider than a phone's screen, and the console stays silent.
"""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from ninthweek.demonstration.moments import Moment, Stop, stop_at
from ninthweek.demonstration.playing import play_term
from ninthweek.demonstration.stage import stage_for
from ninthweek.demonstration.term import read_term
from ninthweek.demonstration.visitors import with_most_to_do
from ninthweek.serving import listening
from ninthweek.settings import AdministratorUrls
from shared.web.application import application
from shared.web.authentication import Authenticator
from shared.web.callers import Role
from shared.web.layout import navigation_of
from shared.web.sessions import Session, cookie_name
from tests.browser.conftest import OpenBrowser
from tests.browser.routes import moment_of, pages_at, route_of
from tests.journeys.terms import MadeUpTerm
from tests.support.visitors import SETTINGS, host, session_cookie, staff, student

# One browser draws at a time: four of them beside each other take longer.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]

EACH = 2
"""Pages of one route that a person looks at."""

FOLLOWED = 6
"""Pages of one route whose links are followed."""

LEADS_ON = re.compile(r'(?:href|hx-get)="(/[^"#?]*)')

BY_BUTTON: Mapping[str, Sequence[str]] = {
    "/host/projects": (r'action="(/host/projects/[^/"]+/draft)"', r'action="(/host/drafts)"')
}
"""Buttons of a page that lead to another one which no link leads to."""


OTHERS: Mapping[Moment, str] = {
    Moment.APPLICATIONS: """
        select 'student', student_id from intake.students
        where student_id not in (select student_id from intake.applications) limit 1
    """,
    Moment.SURVEYS: """
        select distinct on (respondent) respondent, respondent_id
        from evaluation.surveys_of_placements where state = 'answered' order by respondent, respondent_id
    """,
}
"""People whose pages differ from those of people with most to do: one has not applied yet, others have answered."""


@dataclass(frozen=True)
class Site:
    """The programme at a moment, whose sessions there are, and the paths that are found by a search alone."""

    url: str
    sessions: Mapping[str, Session | None]
    searched: Sequence[str]


@asynccontextmanager
async def _programme(moment: Moment, database_url: str, amqp_url: str, folder: Path) -> AsyncIterator[Site]:
    term = read_term(MadeUpTerm(seed=4, students=24).write(folder / "term"))
    stop = stop_at(moment, term.calendar)
    if moment is Moment.SCREENING:  # while hosts may still propose
        stop = Stop(moment, stop.at - timedelta(days=1))
    urls = AdministratorUrls(database_url, amqp_url)
    async with stage_for(term, urls) as stage:
        await play_term(term, stage, lambda: None, stop)
        people = await with_most_to_do(urls)
        others = await _others(moment, database_url)
        sessions = {
            "nobody": None,
            "host": host(people["host"]),
            "student": student(people["student"]),
            "staff": staff(Role.STAFF),
            "reviewer": staff(Role.REVIEWER),
            "viewer": staff(Role.VIEWER),
            **{f"another {kind}": (host if kind == "host" else student)(each) for kind, each in others},
        }
        async with listening(application(list(stage.replicas.values()), Authenticator({}, SETTINGS))) as url:
            yield Site(url, sessions, [f"/staff/people/{kind}/{person_id}" for kind, person_id in people.items()])


async def _others(moment: Moment, database_url: str) -> list[tuple[str, str]]:
    """The kind and the id of each."""
    connection = await asyncpg.connect(database_url)
    try:
        return [tuple(row) for row in await connection.fetch(OTHERS[moment])] if moment in OTHERS else []
    finally:
        await connection.close()


@pytest.mark.parametrize("moment", Moment)
async def test_nothing_is_wrong_with_any_page(
    moment: Moment,
    open_browser: OpenBrowser,
    test_database_url: str,
    amqp_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAIL_FOLDER", str(tmp_path))
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "documents").as_uri())
    wrong: list[str] = []
    visited: set[str] = set()
    async with _programme(moment, test_database_url, amqp_url, tmp_path) as site:
        for who, session in site.sessions.items():
            found = {
                route: paths
                for route, paths in (await _found_by_links(site, session)).items()
                if moment_of(route) is moment
            }
            visited |= found.keys()
            async with open_browser() as person:
                if session:
                    name, value = cookie_name(SETTINGS), session_cookie(session)
                    await person.page.context.add_cookies([{"name": name, "value": value, "url": site.url}])
                for route, paths in found.items():
                    for number, path in enumerate(paths[:EACH]):
                        await person.page.goto(site.url + path, wait_until="networkidle")
                        await person.look(f"{who}{route.replace('/', '.')}.{number}")
                wrong += [f"{who}: {each}" for each in person.wrong]
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert pages_at(moment) - visited == set()


async def _found_by_links(site: Site, session: Session | None) -> dict[str, list[str]]:
    """The paths of each page that a person comes to from where they begin, by route, without the ones refused."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    waiting = [path for path, _ in navigation_of(session.caller)] if session else ["/", "/enter", "/staff/sign-in"]
    waiting += site.searched
    asked: set[str] = set()
    cookies = {cookie_name(SETTINGS): session_cookie(session)} if session else {}
    headers = {"Accept": "text/html", "Origin": site.url}
    async with httpx.AsyncClient(base_url=site.url, cookies=cookies, headers=headers, timeout=60) as client:
        while waiting:
            path = waiting.pop(0)
            route = route_of(path)
            if path in asked or route is None or len(found[route]) >= FOLLOWED:
                continue
            asked.add(path)
            answer = await client.get(path)
            if answer.is_redirect:
                waiting.append(urlsplit(answer.headers["location"]).path)
            elif answer.is_success:
                found[route].append(path)
                waiting += [unescape(link) for link in LEADS_ON.findall(answer.text)]
                waiting += [each async for each in _behind_buttons(client, route, answer.text)]
            else:
                assert answer.status_code < 500, f"{path} is answered {answer.status_code}"
    return {route: paths for route, paths in found.items() if paths}


async def _behind_buttons(client: httpx.AsyncClient, route: str, html: str) -> AsyncIterator[str]:
    for button in BY_BUTTON.get(route, ()):
        for action in re.findall(button, html)[:1]:
            answer = await client.post(action, data={})
            yield urlsplit(answer.headers["location"]).path


async def test_what_would_be_wrong_is_found(open_browser: OpenBrowser) -> None:
    async with open_browser() as person:
        await person.page.set_content(
            "<html><body><img src='data:,'><p>wide<p></p><pre>" + "wide" * 200 + "</pre>"
            "<script>console.error('a fault')</script></body></html>"
        )
        await person.look("faulty")
    for fault in ("document-title", "html-has-lang", "image-alt", "wider than the screen: pre", "says: a fault"):
        assert any(fault in found for found in person.wrong), fault
