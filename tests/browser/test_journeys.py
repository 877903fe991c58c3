"""One host, one student and one member of staff, from an empty programme to both surveys, by pages and mails alone.

Played twice: with JavaScript, and without.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from ninthweek.settings import AdministratorUrls
from shared.clock import LOCAL_TIME
from tests.browser.conftest import OpenBrowser
from tests.browser.looking import Looker
from tests.browser.programme import Programme, programme
from tests.support.intake import a_host_record, a_pdf, a_student_record

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]

HOST, STUDENT = "hana@museum.example", "sam@college.example"

CALENDAR = {
    "submissions_open_at": "2027-03-08T09:00",
    "submissions_close_at": "2027-04-16T17:00",
    "opens_at": "2027-04-21T09:00",
    "closes_at": "2027-05-10T12:00",
    "rankings_due_at": "2027-05-19T17:00",
    "offers_at": "2027-05-21T09:00",
}
TITLE = "A small tool for river health"
STEPS: tuple[Mapping[str, str], ...] = (
    {
        "title": TITLE,
        "scope": "Colleagues copy figures on river health by hand. You will build a small tool that does it for them.",
        "strategic_focus": "All four of our offices will use it from September.",
    },
    {
        "tasks": "Agree the inputs with two colleagues\nBuild a first version\nShow it to those who will use it",
        "deliverables": "Working code with tests\nA one-page user guide",
    },
    {
        "supervisor_name": "Hana Brown",
        "supervision": "Hana Brown meets you each morning for fifteen minutes and sits at the next desk.",
    },
    {"skills": "Spreadsheets", "attributes": "Curious"},
)
STATEMENT = "I enjoy making a messy table tell the truth, and would like to see how a museum decides. " * 4
ANSWERS = {"outcome": 5, "supervision": 4, "skills_before": 2, "skills_after": 4, "network": 3, "recommend": 9}


@dataclass(frozen=True)
class Cast:
    """Who takes part, each with a browser of their own, and the programme that they use."""

    programme: Programme
    staff: Looker
    host: Looker
    student: Looker

    @property
    def has_scripts(self) -> bool:
        return self.staff.has_scripts

    @property
    def wrong(self) -> list[str]:
        return [*self.staff.wrong, *self.host.wrong, *self.student.wrong]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
async def cast(
    request: pytest.FixtureRequest,
    open_browser: OpenBrowser,
    test_database_url: str,
    amqp_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Cast]:
    async with AsyncExitStack() as stack:
        urls = AdministratorUrls(test_database_url, amqp_url)
        opened = await stack.enter_async_context(programme(urls, tmp_path, monkeypatch.setenv, at("2027-03-01T09:00")))
        browsers = [await stack.enter_async_context(open_browser(has_scripts=request.param)) for _ in range(3)]
        yield Cast(opened, *browsers)


async def test_from_the_template_to_the_survey(cast: Cast) -> None:
    await cast.programme.register(
        a_host_record(host_id="H1", contact_name="Hana Brown", contact_email=HOST),
        a_student_record(student_id="S1", name="Sam Okafor", email=STUDENT),
    )
    await staff_set_a_round(cast)
    await cast.programme.step_to(at("2027-03-09T10:00"))
    await host_describes_a_project(cast)
    await staff_approve_it(cast)
    await cast.programme.step_to(at("2027-04-22T10:00"))
    await student_finds_it_and_applies(cast)
    await cast.programme.step_to(at("2027-05-11T10:00"))
    await host_ranks_the_applicant(cast)
    await staff_release_the_match(cast)
    await student_accepts_the_offer(cast)
    await cast.programme.step_to(at("2027-06-22T18:00"))
    await host_records_who_was_there(cast)
    await cast.programme.step_to(at("2027-06-28T10:00"))
    await both_sides_evaluate(cast)
    await staff_read_the_report(cast)
    assert cast.wrong == []


async def staff_set_a_round(cast: Cast) -> None:
    staff, page = cast.staff, cast.staff.page
    await page.goto(cast.programme.link_for_staff())
    await staff.look("01 staff, no round yet")
    await page.goto(f"{cast.programme.settings.origin}/staff/rounds/new")
    await page.locator("[name=name]").fill("Trinity 2027")
    await page.locator("[name=term_begins_on]").fill("2027-04-25")
    await press(page, "Work out the weeks")
    await press(page, "Set the round")
    await staff.look("02 staff, a round without dates")
    for name, moment in CALENDAR.items():
        await page.locator(f"[name={name}]").fill(moment)
    await page.locator("[name=applications_per_student]").fill("2")
    await page.locator("[name=reply_within_days]").fill("3")
    await press(page, "Set the round")
    await expect(page.locator("h1")).to_contain_text("Trinity 2027")
    await staff.look("03 staff, the round is set")


async def host_describes_a_project(cast: Cast) -> None:
    host, page = cast.host, cast.host.page
    await come_in_by_asking(cast, host, HOST)
    await host.look("04 host, no project yet")
    await press(page, "Describe a project")
    for number, fields in enumerate(STEPS):
        if number == 0:
            await press(page, "Save and continue")
            await host.look("05 host, a step with nothing in it")
        for name, text in fields.items():
            await page.locator(f"[name={name}]").fill(text)
        if number == 0:
            await page.locator("[name=category]").select_option("software development")
        if number == 3:
            await page.locator("[name=disciplines][value=any]").check()
        if cast.has_scripts:
            await expect(page.locator("#saved")).to_contain_text("Saved")
        await host.look(f"06 host, step {number + 1}")
        await press(page, "Save and continue")
    await page.locator("[name=mode][value='in person']").check()
    await page.locator("[name=places]").fill("1")
    await page.locator("[name=week][value='9']").check()
    await page.locator("[name=days][value='3']").check()
    await page.locator("[name=starts_on]").select_option("2027-06-22")
    await host.look("07 host, where and when")
    await press(page, "Save and continue")
    await page.locator("[name=obligations]").check()
    await host.look("08 host, what they take on")
    await press(page, "Save and continue")
    await host.look("09 host, the preview")
    await press(page, "Send it to the careers service")
    await expect(page.locator("h1")).to_contain_text(TITLE)
    await host.look("10 host, sent")


async def staff_approve_it(cast: Cast) -> None:
    staff, page = cast.staff, cast.staff.page
    await cast.programme.stage.quiet()
    await page.get_by_role("link", name="Screening", exact=True).first.click()
    await staff.look("11 staff, the queue")
    await page.get_by_role("link", name=TITLE).click()
    await staff.look("12 staff, the project")
    await page.locator("[name=verdict][value=approve]").check()
    await press(page, "Prepare the verdict")
    await page.get_by_role("link", name="Look at its release").click()
    await staff.look("13 staff, before the release")
    await press(page, "Release what is chosen")
    await staff.look("14 staff, after the release")
    await cast.host.page.goto(await cast.programme.link_in_mail(HOST, about="is approved"))
    await cast.host.look("15 host, approved")


async def student_finds_it_and_applies(cast: Cast) -> None:
    student, page = cast.student, cast.student.page
    await come_in_by_asking(cast, student, STUDENT)
    await student.look("16 student, nothing sent yet")
    await page.get_by_role("link", name="Find a project", exact=True).first.click()
    await student.look("16 student, the catalogue")
    await page.get_by_role("link", name=TITLE).first.click()
    await student.look("17 student, the project")
    await page.get_by_role("link", name="Apply for this project").click()
    await page.locator("[name=statement]").fill("word " * 301)
    await press(page, "Send my application")
    await student.look("18 student, too long and without a CV")
    await page.locator("[name=preference][value='1']").check()
    await page.locator("[name=statement]").fill(STATEMENT)
    await page.locator("[name=file]").set_input_files(
        {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
    )
    if cast.has_scripts:
        await expect(page.locator("#cv")).to_contain_text("Your CV is kept")
    await press(page, "Send my application")
    await cast.programme.stage.quiet()
    await student.look("19 student, applied")
    await page.goto(await cast.programme.link_in_mail(STUDENT, about="We have your application"))
    await student.look("20 student, what happens next")


async def host_ranks_the_applicant(cast: Cast) -> None:
    host, page = cast.host, cast.host.page
    await page.goto(await cast.programme.link_in_mail(HOST, about="please rank them"))
    await host.look("21 host, the applicants")
    if await page.get_by_role("link", name=TITLE).count():
        await page.get_by_role("link", name=TITLE).first.click()
    await press(page, "Add to your order")
    await expect(page.locator(".ranking")).to_contain_text("Sam Okafor")
    await host.look("22 host, ranked")
    await press(page, "Send ranking")
    await host.look("23 host, the ranking is sent")


async def staff_release_the_match(cast: Cast) -> None:
    staff, page = cast.staff, cast.staff.page
    await cast.programme.stage.quiet()
    await page.get_by_role("link", name="Matching", exact=True).first.click()
    await staff.look("24 staff, the matches")
    await page.get_by_role("link", name="Trinity 2027").first.click()
    await staff.look("25 staff, under each policy")
    await page.get_by_role("link", name="Release…").first.click()
    await page.locator("[name=sure]").check()
    await staff.look("26 staff, before offers go out")
    await press(page, "Release the match")
    await cast.programme.stage.quiet()
    await staff.look("27 staff, offers are out")


async def student_accepts_the_offer(cast: Cast) -> None:
    student, page = cast.student, cast.student.page
    await page.goto(await cast.programme.link_in_mail(STUDENT, about="You have an offer"))
    await student.look("28 student, the offer")
    await page.get_by_role("link", name="Accept…").click()
    await student.look("29 student, what accepting means")
    await press(page, "Accept this place")
    await cast.programme.stage.quiet()
    await student.look("30 student, placed")
    await cast.host.page.goto(await cast.programme.link_in_mail(HOST, about="Sam Okafor"))
    await cast.host.look("31 host, who comes")


async def host_records_who_was_there(cast: Cast) -> None:
    host, page = cast.host, cast.host.page
    await page.get_by_role("link", name="Placements", exact=True).first.click()
    await host.look("32 host, placements")
    await page.get_by_role("link", name="Sam Okafor").first.click()
    await page.get_by_label("Present").first.check()
    await press(page, "Record attendance")
    await host.look("33 host, attendance")


async def both_sides_evaluate(cast: Cast) -> None:
    for number, (person, address) in enumerate(((cast.student, STUDENT), (cast.host, HOST))):
        page = person.page
        await page.goto(await cast.programme.link_in_mail(address, about="How was the placement?"))
        await person.look(f"{34 + 3 * number} the survey")
        if await page.get_by_role("link", name="Answer").count():
            await page.get_by_role("link", name="Answer").first.click()
        await press(page, "Send my answers")
        await person.look(f"{35 + 3 * number} the survey, with nothing answered")
        for question, points in ANSWERS.items():
            await page.locator(f"[name={question}][value='{points}']").check(force=True)
        await page.locator("[name=comment]").fill("The morning calls kept it going.")
        await press(page, "Send my answers")
        await person.look(f"{36 + 3 * number} the survey, answered")


async def staff_read_the_report(cast: Cast) -> None:
    staff, page = cast.staff, cast.staff.page
    await cast.programme.stage.quiet()
    await page.get_by_role("link", name="Reports", exact=True).first.click()
    await page.get_by_role("link", name="Trinity 2027").first.click()
    await expect(page.locator("h1")).to_contain_text("Trinity 2027")
    await staff.look("40 staff, the report")


async def come_in_by_asking(cast: Cast, person: Looker, address: str) -> None:
    """Ask for a link by address, and follow the one that the mail has."""
    await person.page.goto(f"{cast.programme.settings.origin}/enter")
    await person.page.locator("[name=email]").fill(address)
    await press(person.page, "Send me a new link")
    await person.page.goto(await cast.programme.link_in_mail(address, about="Your new link"))


async def press(page: Page, button: str) -> None:
    await page.get_by_role("button", name=button).first.click()
    await page.wait_for_load_state("networkidle")


def at(moment: str) -> datetime:
    """Of the university's time."""
    return datetime.fromisoformat(moment).replace(tzinfo=LOCAL_TIME)
