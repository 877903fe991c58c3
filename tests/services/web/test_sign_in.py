"""How people sign in and out: by links and by the university's sign-in; and what keeps others out."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.responses import HTMLResponse
from oidc_provider_mock import User, run_server_in_thread
from pydantic import AnyHttpUrl, SecretStr

from shared.contracts.notifications import LinksRevoked
from shared.runtime import Service
from shared.web import FormIs, HostIs, HostWithSurveyIs, Purpose, Role, StaffIs, ViewerIs, rate_limited
from shared.web.application import application
from shared.web.authentication import Authenticator
from shared.web.limits import Rate
from shared.web.links import staff_link_url
from shared.web.openid import role_in
from shared.web.settings import WebSettings
from tests.support.probe import probe, publish_declined
from tests.support.running import RunningService, Start
from tests.support.visitors import SETTINGS, SITE, browser, enter_path, host, link, staff

HOST_PAGE, SURVEY_PAGE, STAFF_PAGE, FORM = "/host/probe", "/host/probe/survey", "/staff/probe", "/host/probe/form"


def _with_pages(service: Service) -> Service:
    @service.routes.get(HOST_PAGE, response_class=HTMLResponse)
    async def host_page(caller: HostIs) -> str:
        return f"host {caller.id}"

    @service.routes.get(SURVEY_PAGE, response_class=HTMLResponse)
    async def survey_page(caller: HostWithSurveyIs) -> str:
        return f"host {caller.id}"

    @service.routes.get(STAFF_PAGE, response_class=HTMLResponse)
    async def staff_page(caller: ViewerIs) -> str:
        return f"{caller.role} {caller.name}"

    @service.routes.post(FORM, dependencies=[rate_limited("form", Rate(2, 60.0))])
    async def form(caller: HostIs, form: FormIs) -> str:
        return caller.id + form.line("text")

    @service.routes.post(STAFF_PAGE)
    async def staff_form(caller: StaffIs) -> str:
        return caller.id

    return service


@pytest.fixture
async def screening(start: Start) -> RunningService:
    return await start(_with_pages(probe(publish_declined)))


@pytest.fixture
async def stranger(screening: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(screening.replicas) as client:
        yield client


async def test_a_link_leads_to_its_page_and_may_be_used_again(stranger: httpx.AsyncClient) -> None:
    for _ in range(2):
        stranger.cookies.clear()
        answer = await stranger.get(enter_path(link("host", "H1", path=HOST_PAGE)))
        assert (answer.status_code, answer.headers["location"]) == (303, HOST_PAGE)
        assert (await stranger.get(HOST_PAGE)).text == "host H1"


async def test_a_session_s_cookie_is_kept_from_scripts_and_other_sites(stranger: httpx.AsyncClient) -> None:
    cookie = (await stranger.get(enter_path(link("host", "H1")))).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_behind_tls_the_cookie_is_for_tls_alone(screening: RunningService) -> None:
    settings = WebSettings(public_url=AnyHttpUrl("https://ninthweek.test"), session_secret=SETTINGS.session_secret)
    transport = httpx.ASGITransport(application(screening.replicas, Authenticator({}, settings)))
    async with httpx.AsyncClient(transport=transport, base_url="https://ninthweek.test") as client:
        answer = await client.get(enter_path(link("host", "H1")))
    assert answer.headers["set-cookie"].startswith("__Host-ninthweek=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_a_link_ends_by_the_programme_s_clock_and_its_session_with_it(
    screening: RunningService, stranger: httpx.AsyncClient
) -> None:
    path = enter_path(link("host", "H1", ends_at=screening.clock() + timedelta(days=1)))
    assert (await stranger.get(path)).status_code == 303
    assert (await stranger.get(HOST_PAGE)).status_code == 200
    await screening.step_to(screening.clock() + timedelta(days=1))
    assert (await stranger.get(HOST_PAGE)).status_code == 401
    answer = await stranger.get(path)
    assert answer.status_code == 401
    assert 'href="/enter"' in answer.text


async def test_a_revoked_link_opens_nothing_and_its_session_ends(
    screening: RunningService, stranger: httpx.AsyncClient
) -> None:
    path = enter_path(link("host", "H1"))
    await stranger.get(path)
    await screening.receive(LinksRevoked(kind="host", person_id="H1", issued_before=screening.clock()))
    assert (await stranger.get(HOST_PAGE)).status_code == 401
    assert (await stranger.get(path)).status_code == 401
    assert (await stranger.get(enter_path(link("host", "H1", issued_at=screening.clock())))).status_code == 303
    assert (await stranger.get(enter_path(link("student", "H1")))).status_code == 303


@pytest.mark.parametrize(
    "spoil", [lambda token: token[:-1], lambda token: f"x{token}", lambda _: "🦦", lambda _: "a.b"]
)
async def test_what_is_no_link_of_ours_opens_nothing(stranger: httpx.AsyncClient, spoil) -> None:  # type: ignore[no-untyped-def]
    token = enter_path(link("host", "H1")).removeprefix("/enter/")
    assert (await stranger.get(f"/enter/{spoil(token)}")).status_code == 401
    assert (await stranger.get(HOST_PAGE)).status_code == 401


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
async def test_a_link_leads_to_no_other_site(stranger: httpx.AsyncClient, path: str) -> None:
    assert (await stranger.get(enter_path(link("host", "H1", path=path)))).headers["location"] == "/"


async def test_a_survey_s_link_opens_surveys_alone(screening: RunningService) -> None:
    async with browser(screening.replicas, host("H1", Purpose.SURVEY)) as client:
        assert (await client.get(SURVEY_PAGE)).status_code == 200
        assert (await client.get(HOST_PAGE)).status_code == 403


async def test_a_link_for_staff_opens_once(stranger: httpx.AsyncClient) -> None:
    path = staff_link_url(Role.VIEWER, SETTINGS, who="ada").removeprefix(SITE)
    assert (await stranger.get(path)).status_code == 303
    assert (await stranger.get(STAFF_PAGE)).text == "viewer ada"
    stranger.cookies.clear()
    assert (await stranger.get(path)).status_code == 401
    assert (await stranger.get(STAFF_PAGE)).status_code == 401


async def test_signing_out_ends_the_session(screening: RunningService) -> None:
    async with browser(screening.replicas, host("H1")) as client:
        answer = await client.post("/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "ninthweek=" in answer.headers["set-cookie"]
        assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": SITE}, 200),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": SITE, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-site"}, 403),
        ({}, 403),
    ],
)
async def test_a_form_that_another_site_sent_is_refused(
    screening: RunningService, headers: dict[str, str], status: int
) -> None:
    async with browser(screening.replicas, host("H1")) as client:
        del client.headers["Origin"]
        assert (await client.post(FORM, headers=headers)).status_code == status


async def test_a_client_may_ask_only_so_often(screening: RunningService) -> None:
    async with browser(screening.replicas, host("H1")) as client:
        statuses = [(await client.post(FORM)).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]


async def test_more_than_may_be_sent_is_refused(screening: RunningService) -> None:
    async def without_a_length() -> AsyncIterator[bytes]:
        for _ in range(7):
            yield b"x" * 1_000_000

    content_type = {"Content-Type": "application/x-www-form-urlencoded"}
    async with browser(screening.replicas, host("H1")) as client:
        assert (await client.post(FORM, content=b"x" * 6_000_001, headers=content_type)).status_code in {400, 413}
        assert (await client.post(FORM, content=without_a_length(), headers=content_type)).status_code in {400, 413}


async def test_a_page_is_guarded_by_a_strict_policy(stranger: httpx.AsyncClient) -> None:
    policy = (await stranger.get("/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_a_fault_is_a_page_in_a_browser_and_a_notice_in_a_page(stranger: httpx.AsyncClient) -> None:
    page = await stranger.get(HOST_PAGE)
    assert page.headers["content-type"].startswith("text/html")
    assert "<h1>Please sign in</h1>" in page.text
    part = await stranger.get(HOST_PAGE, headers={"HX-Request": "true"})
    assert part.text.startswith('<div class="notice bad"')
    assert (await stranger.get(HOST_PAGE, headers={"Accept": "*/*"})).json()["status"] == 401


class TestByOpenIdConnect:
    """With a provider that runs, found by its discovery URL."""

    @pytest.fixture(scope="class")
    def provider(self) -> Iterator[str]:
        people = [
            User(sub="ada", claims={"name": "Ada Reviewer", "roles": ["reviewer", "viewer"]}),
            User(sub="bob", claims={"name": "Bob", "roles": ["gardener"]}),
        ]
        with run_server_in_thread(user_claims=people) as server:
            yield f"http://localhost:{server.server_port}"

    @pytest.fixture
    async def client(self, provider: str, screening: RunningService) -> AsyncIterator[httpx.AsyncClient]:
        settings = WebSettings(
            public_url=AnyHttpUrl(SITE),
            session_secret=SETTINGS.session_secret,
            oidc_discovery_url=AnyHttpUrl(f"{provider}/.well-known/openid-configuration"),
            oidc_client_id="ninthweek",
            oidc_client_secret=SecretStr("a client's secret"),
        )
        transport = httpx.ASGITransport(
            application(screening.replicas, Authenticator({}, settings)), raise_app_exceptions=False
        )
        async with httpx.AsyncClient(transport=transport, base_url=SITE, headers={"Accept": "text/html"}) as client:
            yield client

    async def _sign_in(self, client: httpx.AsyncClient, who: str) -> httpx.Response:
        there = (await client.get("/staff/sign-in")).headers["location"]
        async with httpx.AsyncClient() as at_provider:
            back = (await at_provider.post(there, data={"sub": who})).headers["location"]
        assert back.startswith(f"{SITE}/staff/sign-in/back?")
        return await client.get(back)

    async def test_staff_come_in_with_the_role_that_the_provider_names(self, client: httpx.AsyncClient) -> None:
        assert (await self._sign_in(client, "ada")).status_code == 303
        assert (await client.get(STAFF_PAGE)).text == "reviewer Ada Reviewer"
        assert (await client.post(STAFF_PAGE, headers={"Origin": SITE})).status_code == 403

    async def test_whoever_has_no_role_here_is_told_so(self, client: httpx.AsyncClient) -> None:
        answer = await self._sign_in(client, "bob")
        assert answer.status_code == 403
        assert "no role in this programme" in answer.text

    async def test_an_answer_that_was_not_asked_for_opens_nothing(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/staff/sign-in/back?code=stolen&state=made-up")
        assert answer.status_code == 401
        assert (await client.get(STAFF_PAGE)).status_code == 401

    async def test_an_answer_is_taken_once(self, client: httpx.AsyncClient) -> None:
        there = (await client.get("/staff/sign-in")).headers["location"]
        async with httpx.AsyncClient() as at_provider:
            back = (await at_provider.post(there, data={"sub": "ada"})).headers["location"]
        assert (await client.get(back)).status_code == 303
        assert (await client.get(back)).status_code == 401


@pytest.mark.parametrize(
    ("claim", "role"),
    [
        ("staff", Role.STAFF),
        (["viewer", "staff"], Role.STAFF),
        (["viewer", 7, None], Role.VIEWER),
        (["host", "student"], None),
        ([], None),
        ("", None),
    ],
)
def test_the_role_that_may_do_most_counts(claim: object, role: Role | None) -> None:
    assert role_in({"roles": claim}, "roles") == role


async def test_staff_s_session_has_the_role_s_pages(screening: RunningService) -> None:
    async with browser(screening.replicas, staff(Role.VIEWER)) as client:
        answer = await client.get("/")
        assert urlsplit(answer.headers["location"]).path == "/staff/rounds"
        assert (await client.post(STAFF_PAGE)).status_code == 403
