"""The programme in containers, as it is after `docker compose up --build --wait`."""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from shared.contracts.directory import SERVICES
from shared.contracts.intake import PlacementWeek, RoundCalendar
from tests.deployment.programme import ROOT, Programme, compose, eventually
from tests.support.intake import a_calendar, a_form, a_host_record, a_proposal, a_student_record

pytestmark = pytest.mark.deployment

STAFF, PORTAL = "NINTHWEEK_TOKEN", "CAREERS_PORTAL_TOKEN"
EVERY_SERVICE = [card.name for card in SERVICES]
ONE_OF_EACH_SERVICE = ["/rounds", "/reviews", "/placements", "/surveys"]
CV = ROOT / "ninthweek" / "demonstration" / "terms" / "trinity-2027" / "cvs" / "one-page.pdf"


def a_round_that_is_open_now(name: str) -> RoundCalendar:
    """Takes proposals and applications until tomorrow; its placements are four weeks ahead."""
    now = datetime.now(UTC)
    monday = now.date() + timedelta(days=28 - now.weekday())
    yesterday, tomorrow = now - timedelta(days=1), now + timedelta(days=1)
    return a_calendar(
        name=name,
        submissions_open_at=yesterday,
        submissions_close_at=tomorrow,
        opens_at=yesterday,
        closes_at=tomorrow,
        rankings_due_at=tomorrow + timedelta(days=1),
        offers_at=tomorrow + timedelta(days=2),
        weeks=[PlacementWeek(week=9, starts_on=monday, ends_on=monday + timedelta(days=4))],
    )


def test_a_project_goes_from_its_proposal_to_an_application_for_it(programme: Programme) -> None:
    mark = uuid4().hex[:8]
    host, student, project, application = f"H{mark}", f"S{mark}", f"P{mark}", f"A{mark}"
    with programme.caller(STAFF) as staff, programme.caller(PORTAL) as portal:
        calendar = a_round_that_is_open_now(f"Smoke {mark}")
        assert staff.post("/rounds", json=calendar.model_dump(mode="json")).status_code == 201

        contact, reader = f"host-{mark}@museum.example", f"student-{mark}@college.example"
        sent(programme.publish(a_host_record(host_id=host, contact_email=contact)))
        sent(programme.publish(a_student_record(student_id=student, email=reader)))
        monday = calendar.weeks[0].starts_on
        sent(programme.publish(a_proposal(project_id=project, host_id=host, starts_on=monday, title=f"River {mark}")))

        eventually(lambda: staff.get(f"/reviews/{project}").is_success)
        verdict = staff.post(f"/reviews/{project}/revisions/1/verdict", json={"verdict": "approve"})
        assert verdict.is_success, verdict.text
        eventually(lambda: staff.get(f"/projects/{project}").json()["state"] == "approved")

        cv = portal.post("/documents", files={"file": (CV.name, CV.read_bytes())})
        assert cv.status_code == 201, cv.text
        sent(
            programme.publish(
                a_form(
                    application_id=application,
                    student_id=student,
                    project_id=project,
                    cv=UUID(cv.json()["document_id"]),
                )
            )
        )
        eventually(lambda: staff.get(f"/applications/{application}").is_success)

    to_host = [f"We have your project “River {mark}”", f"Your project “River {mark}” is approved"]
    eventually(lambda: programme.subjects_of_mails_to(contact) == to_host)
    eventually(lambda: programme.subjects_of_mails_to(reader) == [f"We have your application for “River {mark}”"])


def test_staff_come_in_by_a_link_and_find_each_service_s_pages(programme: Programme) -> None:
    link = compose("run", "--rm", "--no-TTY", "staff-tools", "sign-in", "--who", "smoke").stdout.strip()
    with programme.caller() as browser:
        browser.headers["Accept"] = "text/html"
        assert browser.get("/").is_success
        assert browser.get("/staff/rounds").status_code == 401
        assert browser.get(urlsplit(link).path).status_code == 303
        for path in ("rounds", "screening", "matching", "placements", "reports", "people"):
            page = browser.get(f"/staff/{path}")
            assert (page.status_code, "</html>" in page.text) == (200, True), path
        stylesheet = next(iter(re.findall(r'href="(/assets/[^"]+[.]css[^"]*)"', browser.get("/staff/rounds").text)))
        assert browser.get(stylesheet).headers["content-type"].startswith("text/css")
        assert browser.get(urlsplit(link).path).status_code == 401


def sent(published: "subprocess.CompletedProcess[str]") -> None:
    assert published.returncode == 0, published.stderr


@pytest.mark.parametrize("path", ONE_OF_EACH_SERVICE)
def test_the_door_opens_by_a_token_alone(programme: Programme, path: str) -> None:
    with programme.caller() as stranger, programme.caller(STAFF) as staff:
        assert stranger.get(path).status_code == 401
        assert staff.get(path).is_success


def test_the_contracts_are_readable_by_all(programme: Programme) -> None:
    with programme.caller() as stranger:
        routes = stranger.get("/openapi.json").json()["paths"]
        assert set(ONE_OF_EACH_SERVICE) <= routes.keys()
        assert stranger.get("/asyncapi.json").json()["asyncapi"].startswith("3.")


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/rounds/../metrics", "/api/email", "/nowhere"])
def test_what_is_not_for_the_outside_is_not_behind_the_door(programme: Programme, path: str) -> None:
    with programme.caller(STAFF) as staff:
        assert staff.get(path).status_code == 404


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_a_services_database_role_reaches_its_own_schema_alone(programme: Programme, service: str) -> None:
    look = """
import asyncio, asyncpg, json, os, sys

async def look(service):
    connection = await asyncpg.connect(os.environ[f"{service.upper()}_DATABASE_URL"])
    schemas = await connection.fetch(
        "select nspname from pg_namespace where has_schema_privilege(oid, 'usage') and nspname !~ '^(pg_|information_)'"
    )
    try:
        await connection.fetch("select * from " + ("matching" if service == "intake" else "intake") + ".outbox")
        refused = False
    except asyncpg.InsufficientPrivilegeError:
        refused = True
    print(json.dumps([[schema[0] for schema in schemas], refused]))

asyncio.run(look(sys.argv[1]))
"""
    assert json.loads(programme.python(service, look, service)) == [[service], True]


def test_an_outside_system_cannot_send_what_is_anothers(programme: Programme) -> None:
    portal = programme.setting("staff-tools", "CAREERS_PORTAL_AMQP_URL")
    refused = programme.publish(a_student_record(student_id="S-forged"), "--url", portal)
    assert refused.returncode != 0
    assert "ChannelAccessRefused" in refused.stderr


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_a_service_runs_as_nobody_in_particular_and_cannot_change_its_image(programme: Programme, service: str) -> None:
    look = "import os; print(os.getuid() != 0, os.statvfs('/opt/ninthweek').f_flag & os.ST_RDONLY != 0)"
    assert programme.python(service, look).split() == ["True", "True"]


def test_a_service_that_dies_comes_back(programme: Programme) -> None:
    container = compose("ps", "--quiet", "evaluation").stdout.strip()
    restarts = _inspect(container, "{{.RestartCount}}")
    # The process under the container's init, which ends with it.
    kill = "import os, signal; os.kill(int(open('/proc/1/task/1/children').read().split()[0]), signal.SIGKILL)"
    compose("exec", "--no-TTY", "evaluation", "python", "-c", kill)
    eventually(lambda: _inspect(container, "{{.RestartCount}}") != restarts)
    eventually(lambda: _inspect(container, "{{.State.Health.Status}}") == "healthy")
    with programme.caller(STAFF) as staff:
        assert staff.get("/surveys").is_success


def _inspect(container: str, field: str) -> str:
    asked = subprocess.run(
        ["docker", "inspect", "--format", field, container], capture_output=True, text=True, check=True
    )
    return asked.stdout.strip()
