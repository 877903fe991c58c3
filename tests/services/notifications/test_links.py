"""Links in mails: what they open, who is sent a new one, and how they are revoked."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from shared.contracts.notifications import LinksRevoked
from shared.web.callers import Role
from shared.web.sessions import Session
from tests.services.notifications.mail_folder import mails, text
from tests.support.examples import host_registered, project_submitted, round_scheduled, student_registered
from tests.support.notifications import application_received, offer_made
from tests.support.running import RunningService, Start
from tests.support.visitors import SETTINGS, SITE, browser, staff

Visit = Callable[..., Awaitable[httpx.AsyncClient]]

KNOWN, UNKNOWN = "elif@college.example", "nobody@college.example"


@pytest.fixture(autouse=True)
def site_and_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same public address and secret for the mails as for the browsers."""
    monkeypatch.setenv("PUBLIC_URL", SITE)
    monkeypatch.setenv("SESSION_SECRET", SETTINGS.session_secret.get_secret_value())


@pytest.fixture
async def visit(notifications: RunningService) -> AsyncIterator[Visit]:
    """Opens browsers, with a session or without."""
    async with AsyncExitStack() as stack:

        async def visit(session: Session | None = None) -> httpx.AsyncClient:
            return await stack.enter_async_context(browser(notifications.replicas, session))

        yield visit


@pytest.fixture
async def notifications(start: Start, folder: Path) -> RunningService:
    running = await start("notifications")
    await running.receive(round_scheduled(), host_registered(), student_registered())
    return running


async def ask(visitor: httpx.AsyncClient, address: str) -> httpx.Response:
    return await visitor.post("/enter", data={"email": address})


def link_in(folder: Path, template: str) -> str:
    (mail,) = mails(folder, template)
    link: str
    (link,) = set(re.findall(r"http://ninthweek\.test/enter/\S+", text(mail)))
    return link


async def follow(visit: Visit, link: str) -> httpx.Response:
    return await (await visit()).get(link)


async def test_a_mail_leads_its_reader_to_its_page_whenever_it_is_followed(
    notifications: RunningService, visit: Visit, folder: Path
) -> None:
    await notifications.receive(project_submitted(), application_received())
    await notifications.receive(offer_made())
    link = link_in(folder, "offer_made")

    for _ in range(2):
        entered = await follow(visit, link)
        assert (entered.status_code, entered.headers["location"]) == (303, "/student/offers/A000001")


async def test_a_new_link_comes_to_whoever_asks_by_their_address_in_whichever_case(
    notifications: RunningService, visit: Visit, folder: Path
) -> None:
    await ask(await visit(), "Elif@College.example")
    await notifications.quiet()

    (mail,) = mails(folder, "sign_in_link")
    assert mail["To"] == "Elif Sato <elif@college.example>"
    assert (await follow(visit, link_in(folder, "sign_in_link"))).headers["location"] == "/student/applications"


async def test_each_person_of_an_address_is_sent_a_link(
    notifications: RunningService, visit: Visit, folder: Path
) -> None:
    await notifications.receive(host_registered(host_id="H0002", contact_email=KNOWN))

    await ask(await visit(), KNOWN)
    await notifications.quiet()

    assert [mail["To"].addresses[0].addr_spec for mail in mails(folder, "sign_in_link")] == [KNOWN, KNOWN]


async def test_a_known_address_cannot_be_distinguished_from_an_unknown_one(
    notifications: RunningService, visit: Visit, folder: Path
) -> None:
    known, unknown = await ask(await visit(), KNOWN), await ask(await visit(), UNKNOWN)
    published = await notifications.connection.fetch(
        "select count(*) from outbox where headers->>'ce-type' like '%LinkRequested%'"
    )
    await notifications.quiet()

    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert known.headers == unknown.headers
    assert published[0]["count"] == 2
    assert len(mails(folder)) == 1


async def test_an_address_that_is_asked_for_is_in_no_log(notifications: RunningService, visit: Visit) -> None:
    with capture_logs() as logs:
        await ask(await visit(), KNOWN)
        await ask(await visit(), UNKNOWN)
        await ask(await visit(), "no address")
        await notifications.quiet()

    assert "example" not in str(logs)


async def test_a_malformed_address_is_shown_again_to_be_corrected(notifications: RunningService, visit: Visit) -> None:
    again = await ask(await visit(), "elif at college")

    assert again.status_code == 422
    assert 'value="elif at college"' in again.text
    assert "Enter your whole address" in again.text


async def test_an_address_can_be_asked_for_only_so_often(notifications: RunningService, visit: Visit) -> None:
    visitor = await visit()

    answers = [(await ask(visitor, address)).status_code for address in (KNOWN, KNOWN.upper()) * 3]

    assert answers == [200] * 5 + [429]
    assert (await ask(visitor, UNKNOWN)).status_code == 200


async def test_a_client_can_ask_only_so_often(notifications: RunningService, visit: Visit) -> None:
    visitor = await visit()

    answers = [(await ask(visitor, f"somebody-{number}@college.example")).status_code for number in range(31)]

    assert answers == [200] * 30 + [429]


class TestWhenAnAddressChanges:
    """Links that went to the old address are revoked."""

    async def test_all_links_to_the_old_address_are_revoked(
        self, notifications: RunningService, visit: Visit, folder: Path
    ) -> None:
        await ask(await visit(), KNOWN)
        await notifications.quiet()
        link = link_in(folder, "sign_in_link")
        visitor = await visit()
        await visitor.get(link)
        assert (await visitor.get("/")).status_code == 303

        notifications.clock.step_to(notifications.clock() + timedelta(minutes=1))
        await notifications.receive(student_registered(student_version=2, email="sato@college.example"))

        (published,) = await notifications.published(LinksRevoked)
        assert (published.kind, published.person_id, published.issued_before) == (
            "student",
            "S00001",
            notifications.clock(),
        )
        refused = await follow(visit, link)
        assert refused.status_code == 401
        assert "Send me a new link" in refused.text
        assert (await visitor.get("/")).status_code != 303

    @pytest.mark.parametrize(
        "changes",
        [{"year": 3}, {"email": "ELIF@college.example"}, {"email": "late@college.example", "student_version": 1}],
    )
    async def test_nothing_is_revoked_while_the_address_is_the_same(
        self, notifications: RunningService, changes: dict[str, Any]
    ) -> None:
        await notifications.receive(student_registered(**{"student_version": 2} | changes))

        assert await notifications.published(LinksRevoked) == []

    async def test_a_hosts_links_are_revoked_too(self, notifications: RunningService) -> None:
        await notifications.receive(host_registered(host_version=2, contact_email="other@museum.example"))

        assert [(event.kind, event.person_id) for event in await notifications.published(LinksRevoked)] == [
            ("host", "H0001")
        ]


class TestPeopleAsStaffSeeThem:
    """Found by name or address, with the mails to them, and their links."""

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("sato", ["/staff/people/student/S00001"]),
            ("MUSEUM", ["/staff/people/host/H0001"]),
            ("hana@", ["/staff/people/host/H0001"]),
            ("s00001", ["/staff/people/student/S00001"]),
            ("example", ["/staff/people/student/S00001", "/staff/people/host/H0001"]),
            ("%", []),
        ],
    )
    async def test_are_found_by_name_organisation_id_or_address(
        self, notifications: RunningService, visit: Visit, words: str, found: list[str]
    ) -> None:
        visitor = await visit(staff(Role.VIEWER))

        searched = await visitor.post("/staff/people", data={"words": words})
        page = await visitor.get(searched.headers["location"])

        assert (searched.headers["location"], page.status_code) == ("/staff/people", 200)
        assert re.findall(r'href="(/staff/people/\w+/\w+)"', page.text) == found

    async def test_are_shown_with_what_became_of_each_mail(self, notifications: RunningService, visit: Visit) -> None:
        await notifications.receive(project_submitted(), application_received())
        await notifications.receive(student_registered(student_version=2, email="é@college.example"))
        await notifications.receive(offer_made())

        page = await (await visit(staff(Role.VIEWER))).get("/staff/people/student/S00001")

        offer, received = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)[1:]
        assert "Offer made" in offer
        assert "Refused" in offer
        assert "Application received" in received
        assert "Sent" in received

    async def test_are_sent_a_new_link_by_staff(
        self, notifications: RunningService, visit: Visit, folder: Path
    ) -> None:
        done = await (await visit(staff())).post("/staff/people/host/H0001/link")
        await notifications.quiet()

        assert (done.status_code, done.headers["location"]) == (303, "/staff/people/host/H0001")
        assert (await follow(visit, link_in(folder, "sign_in_link"))).headers["location"] == "/host/projects"

    async def test_cannot_come_in_once_staff_have_revoked_their_links(
        self, notifications: RunningService, visit: Visit, folder: Path
    ) -> None:
        visitor = await visit(staff())
        await visitor.post("/staff/people/host/H0001/link")
        await notifications.quiet()
        link = link_in(folder, "sign_in_link")
        notifications.clock.step_to(notifications.clock() + timedelta(minutes=1))

        await visitor.post("/staff/people/host/H0001/revocation")

        assert (await follow(visit, link)).status_code == 401
        assert [event.person_id for event in await notifications.published(LinksRevoked)] == ["H0001"]
        assert "by somebody" in (await visitor.get("/staff/people/host/H0001")).text

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
    @pytest.mark.parametrize("act", ["link", "revocation"])
    async def test_cannot_be_changed_by_staff_who_may_only_read(
        self, notifications: RunningService, visit: Visit, folder: Path, role: Role, act: str
    ) -> None:
        refused = await (await visit(staff(role))).post(f"/staff/people/host/H0001/{act}")
        await notifications.quiet()

        assert refused.status_code == 403
        assert mails(folder) == []
        assert await notifications.published(LinksRevoked) == []

    async def test_are_not_found_where_they_are_not_known(self, notifications: RunningService, visit: Visit) -> None:
        visitor = await visit(staff())

        assert (await visitor.get("/staff/people/host/S00001")).status_code == 404
        assert (await visitor.post("/staff/people/student/H0001/revocation")).status_code == 404
