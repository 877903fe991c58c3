"""People with a browser, as a test sends them to a service's pages."""

from datetime import timedelta

import httpx

from shared.web.application import application
from shared.web.callers import Link, PersonKind, Purpose, Role
from shared.web.door import Door
from shared.web.links import link_url, staff_link_url
from shared.web.settings import WebSettings
from tests.support.running import TOKENS, RunningService


def a_link(
    service: RunningService, kind: PersonKind, person_id: str, *, purpose: Purpose = Purpose.DESK, path: str = "/"
) -> Link:
    """A link that is issued now and ends in a week."""
    now = service.clock()
    return Link(kind, person_id, purpose, now, now + timedelta(days=7), path)


def stranger(service: RunningService) -> httpx.AsyncClient:
    """A browser that nobody has come in with: it asks for pages and says where its forms come from."""
    transport = httpx.ASGITransport(application(service.replicas, Door(TOKENS)), raise_app_exceptions=False)
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    return httpx.AsyncClient(transport=transport, base_url=WebSettings().origin, headers=headers)


async def by_link(service: RunningService, link: Link) -> httpx.AsyncClient:
    """A browser in which a link was followed."""
    browser = stranger(service)
    await browser.get(link_url(link, WebSettings()))
    return browser


async def student(service: RunningService, student_id: str = "S00001") -> httpx.AsyncClient:
    return await by_link(service, a_link(service, "student", student_id))


async def host(service: RunningService, host_id: str = "H0001") -> httpx.AsyncClient:
    return await by_link(service, a_link(service, "host", host_id))


async def staff(service: RunningService, role: Role = Role.STAFF) -> httpx.AsyncClient:
    browser = stranger(service)
    await browser.get(staff_link_url(role, WebSettings()))
    return browser
