"""A host describes a project in the browser, sends it, corrects it and takes it back."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.contracts.intake import ProjectSubmitted, ProjectWithdrawn
from shared.contracts.screening import ProjectReturned
from shared.contracts.submissions import ProjectProposal
from tests.services.intake.front_door import FrontDoor
from tests.services.intake.hosting import STEPS, HostPages, as_text, as_typed, hidden
from tests.support.intake import SUBMISSIONS_CLOSE, SUBMISSIONS_OPEN, a_host_record, a_proposal, a_template
from tests.support.visitors import browser, host

RETURNED = ProjectReturned(
    project_id="P0001", revision=1, round_id="trinity-2027", host_id="H0001", comments="What will exist at the end?"
)


@pytest.fixture
async def open_door(door: FrontDoor) -> FrontDoor:
    await door.schedule()
    await door.register()
    door.intake.clock.step_to(SUBMISSIONS_OPEN)
    return door


@pytest.fixture
async def pages(open_door: FrontDoor) -> AsyncIterator[HostPages]:
    async with browser(open_door.intake.replicas, host("H0001")) as client:
        yield HostPages(client)


@pytest.fixture
async def other_pages(open_door: FrontDoor) -> AsyncIterator[HostPages]:
    await open_door.intake.submit("customer-relations", a_host_record(host_id="H0002", organisation="Nobody & Co"))
    async with browser(open_door.intake.replicas, host("H0002")) as client:
        yield HostPages(client)


def project_of(draft: str) -> str:
    return f"P-{draft.rpartition('/')[2]}"


async def test_a_host_without_a_project_sees_how_to_begin(pages: HostPages) -> None:
    page = await pages.open("/host/projects")
    assert "Describe your first project" in page.text
    assert "Proposals for Trinity 2027 are taken until" in page.text


async def test_a_project_written_in_steps_is_sent_once_as_a_submission(pages: HostPages, open_door: FrontDoor) -> None:
    draft = await pages.begin()
    await pages.write(draft)
    preview = await pages.open(f"{draft}/preview")
    assert a_template().scope in preview.text

    first = await pages.browser.post(f"{draft}/preview", data=hidden(preview))
    again = await pages.browser.post(f"{draft}/preview", data=hidden(preview))
    assert first.headers["location"] == again.headers["location"] == f"/host/projects/{project_of(draft)}"

    (published,) = await open_door.intake.published(ProjectSubmitted)
    expected = a_proposal(project_id=project_of(draft))
    assert published == ProjectSubmitted(round_id="trinity-2027", **dict(expected))
    row = await open_door.intake.connection.fetchrow(
        "select source, type, outcome from submissions where source = 'pages'"
    )
    assert row is not None
    assert tuple(row) == ("pages", ProjectProposal.type, "accepted")
    assert "Under review" in (await pages.open(first.headers["location"])).text


async def test_what_was_accepted_is_kept_with_the_revision(pages: HostPages, open_door: FrontDoor) -> None:
    draft = await pages.begin()
    await pages.write(draft)
    await pages.send(draft)
    row = await open_door.intake.connection.fetchrow(
        "select project_id, revision, text_version, mode, accepted_by, accepted_at from obligations_accepted"
    )
    assert row is not None
    assert tuple(row) == (project_of(draft), 1, 1, "in person", "Hana Brown", SUBMISSIONS_OPEN)


async def test_obligations_whose_text_changes_must_be_accepted_again(pages: HostPages, open_door: FrontDoor) -> None:
    draft = await pages.begin()
    await pages.write(draft)
    await pages.save(f"{draft}/arrangements", as_typed(a_template(mode="remote"), "arrangements"))
    refused = await pages.send(draft)
    assert refused.status_code == 422
    assert await open_door.intake.published(ProjectSubmitted) == []

    await pages.browser.post(f"{draft}/obligations", data={"obligations": "yes"})
    assert (await pages.send(draft)).status_code == 303


async def test_a_draft_is_saved_as_it_is_typed_and_shows_when(pages: HostPages) -> None:
    draft = await pages.begin()
    answer = await pages.save(f"{draft}/project", {"title": "River health", "scope": ""}, htmx=True)
    assert "Saved at 09:00" in answer.text
    assert "Say what the project is" not in answer.text, "a field that is still empty is not at fault yet"
    assert 'value="River health"' in (await pages.open(f"{draft}/project")).text
    assert "River health" in (await pages.open("/host/projects")).text


async def test_filled_fields_are_checked_while_typing_and_all_fields_on_leaving_the_step(pages: HostPages) -> None:
    draft = await pages.begin()
    arrangements = {"mode": "remote", "places": "0", "week": "9", "days": "5"}
    answer = await pages.save(f"{draft}/arrangements", arrangements, htmx=True)
    assert "Offer at least one place." in answer.text
    assert 'id="starts_on-faults"' in answer.text

    left = await pages.save(f"{draft}/arrangements", arrangements)
    assert left.status_code == 422
    assert "Offer at least one place." in left.text
    assert "must start from 21 June 2027" in left.text
    assert 'value="0"' in left.text, "what was typed is shown again"


async def test_a_step_can_be_left_for_later_with_its_faults(pages: HostPages) -> None:
    draft = await pages.begin()
    answer = await pages.save(f"{draft}/work", {"tasks": "", "deliverables": "A guide", "later": "yes"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{draft}/work")
    assert "A guide" in (await pages.open(f"{draft}/work")).text


async def test_two_windows_do_not_overwrite_each_other_silently(pages: HostPages) -> None:
    draft = await pages.begin()
    step = f"{draft}/supervision"
    here, there = hidden(await pages.open(step)), hidden(await pages.open(step))
    await pages.save(step, {"supervisor_name": "Hana Brown"}, form=there, htmx=True)

    as_typed_on = await pages.save(step, {"supervisor_name": "Jo Price"}, form=here, htmx=True)
    assert "changed in another window at 09:00" in as_typed_on.text
    without_script = await pages.save(step, {"supervisor_name": "Jo Price"}, form=here)
    assert without_script.status_code == 409
    assert "Hana Brown" in without_script.text
    assert "Jo Price" in without_script.text
    assert "Hana Brown" in (await pages.open(step)).text, "the first one stays until the host decides"

    await pages.save(step, {"supervisor_name": "Jo Price", "mine": "2"}, form=hidden(without_script))
    assert "Jo Price" in (await pages.open(step)).text


async def test_a_window_conflicts_neither_with_itself_nor_with_another_step(pages: HostPages) -> None:
    draft = await pages.begin()
    supervision, work = hidden(await pages.open(f"{draft}/supervision")), hidden(await pages.open(f"{draft}/work"))
    for name in ("Hana", "Hana Brown"):
        answer = await pages.save(f"{draft}/supervision", {"supervisor_name": name}, form=supervision, htmx=True)
        assert "Saved at" in answer.text
    answer = await pages.save(f"{draft}/work", {"tasks": "Read"}, form=work, htmx=True)
    assert "Saved at" in answer.text


async def test_what_was_changed_since_its_preview_is_not_sent(pages: HostPages, open_door: FrontDoor) -> None:
    draft = await pages.begin()
    await pages.write(draft)
    preview = hidden(await pages.open(f"{draft}/preview"))
    await pages.save(f"{draft}/supervision", {"supervisor_name": "Jo Price"})
    answer = await pages.browser.post(f"{draft}/preview", data=preview)
    assert answer.status_code == 409
    assert "changed since you saw this preview" in answer.text
    assert await open_door.intake.published(ProjectSubmitted) == []


@pytest.mark.parametrize(
    ("changes", "at_fault"),
    [
        ({}, set()),
        ({"title": " ", "scope": ""}, {"title", "scope"}),
        ({"title": "x" * 301, "tasks": []}, {"title", "tasks"}),
        ({"tasks": ["y" * 301], "deliverables": []}, {"tasks", "deliverables"}),
        ({"tasks": ["a task"] * 51}, {"tasks"}),
        ({"places": 0, "days": 9}, {"places", "days"}),
        ({"places": 20_000, "week": 8}, {"places", "week"}),
        ({"days": 3, "starts_on": "2027-06-24"}, {"starts_on"}),
        ({"supervisor_name": "z" * 201, "mode": ""}, {"supervisor_name", "mode"}),
        ({"scope": "s" * 10_001, "places": -1}, {"scope", "places"}),
    ],
)
async def test_the_page_finds_the_same_faults_as_a_submission_has(
    pages: HostPages, open_door: FrontDoor, changes: dict[str, Any], at_fault: set[str]
) -> None:
    content = a_proposal().model_dump(mode="json") | changes
    event_id = await open_door.intake.submit("customer-relations", (ProjectProposal, json.dumps(content).encode()))
    refused = (await open_door.refusals()).get(event_id, [])
    assert {field.partition(".")[0] for field in refused} == at_fault

    draft = await pages.begin()
    for step in STEPS:
        await pages.save(f"{draft}/{step}", {field: as_text(content[field]) for field in STEPS[step]})
    await pages.browser.post(f"{draft}/obligations", data={"obligations": "yes"})
    page = await pages.open(f"{draft}/preview")
    assert {field for field in content if f'#{field}"' in page.text} == at_fault
    assert (await pages.send(draft)).status_code == (422 if at_fault else 303)


async def test_faults_that_no_step_can_correct_are_shown_before_sending(pages: HostPages, open_door: FrontDoor) -> None:
    draft = await pages.begin()
    await pages.write(draft)
    await open_door.intake.step_to(SUBMISSIONS_CLOSE)
    answer = await pages.send(draft)
    assert answer.status_code == 422
    assert "proposals are taken from" in answer.text
    assert await open_door.intake.published(ProjectSubmitted) == []


async def test_a_returned_project_is_corrected_beside_its_last_revision(pages: HostPages, open_door: FrontDoor) -> None:
    await open_door.propose()
    await open_door.intake.receive(RETURNED)
    page = await pages.open("/host/projects/P0001")
    assert "Returned to you" in page.text
    assert RETURNED.comments in page.text

    draft = (await pages.browser.post("/host/projects/P0001/correction")).headers["location"]
    assert (await pages.browser.post("/host/projects/P0001/correction")).headers["location"] == draft
    await pages.write(draft, deliverables=["Working code with tests", "A guide of two pages"])
    assert (await pages.send(draft)).headers["location"] == "/host/projects/P0001"

    assert [event.revision for event in await open_door.intake.published(ProjectSubmitted)] == [1, 2]
    page = await pages.open("/host/projects/P0001")
    assert "<del>" in page.text
    assert "A guide of two pages<span" in page.text


async def test_a_correction_that_was_overtaken_is_sent_after_the_newer_revision(
    pages: HostPages, open_door: FrontDoor
) -> None:
    await open_door.propose()
    draft = (await pages.browser.post("/host/projects/P0001/correction")).headers["location"]
    await pages.write(draft, places=1)
    await open_door.propose(revision=2)
    refused = await pages.send(draft)
    assert refused.status_code == 422
    assert "Revision 2 was sent meanwhile" in refused.text

    await pages.browser.post(f"{draft}/follow")
    assert (await pages.send(draft)).status_code == 303
    assert [event.revision for event in await open_door.intake.published(ProjectSubmitted)] == [1, 2, 3]


async def test_a_decided_project_is_not_corrected_but_offered_again_without_its_dates(
    pages: HostPages, open_door: FrontDoor
) -> None:
    await open_door.propose()
    await open_door.approve(a_proposal())
    assert (await pages.browser.post("/host/projects/P0001/correction")).status_code == 409

    draft = (await pages.browser.post("/host/projects/P0001/draft")).headers["location"]
    assert a_template().title in (await pages.open(f"{draft}/project")).text
    preview = await pages.open(f"{draft}/preview")
    assert '#week"' in preview.text
    await pages.write(draft)
    await pages.send(draft)
    assert [event.project_id for event in await open_door.intake.published(ProjectSubmitted)] == [
        "P0001",
        project_of(draft),
    ]


async def test_a_project_is_withdrawn_after_the_page_has_shown_what_ends(
    pages: HostPages, open_door: FrontDoor
) -> None:
    await open_door.propose()
    assert "What ends with it" in (await pages.open("/host/projects/P0001/withdrawal")).text
    too_long = await pages.browser.post("/host/projects/P0001/withdrawal", data={"reason": "r" * 2_001})
    assert too_long.status_code == 422

    answer = await pages.browser.post("/host/projects/P0001/withdrawal", data={"reason": "Our plans have changed."})
    assert answer.status_code == 303
    (published,) = await open_door.intake.published(ProjectWithdrawn)
    assert (published.project_id, published.reason) == ("P0001", "Our plans have changed.")


async def test_a_discarded_draft_is_gone_and_a_new_project_begins_in_the_empty_one(pages: HostPages) -> None:
    draft = await pages.begin()
    assert await pages.begin() == draft, "a second click begins no second project"
    await pages.save(f"{draft}/project", {"title": "River health"})
    assert await pages.begin() != draft

    for _ in range(2):
        assert (await pages.browser.post(f"{draft}/discard")).headers["location"] == "/host/projects"
    assert "River health" not in (await pages.open("/host/projects")).text
    answer = await pages.save(f"{draft}/project", {"title": "Once more"}, form={})
    assert answer.headers["location"] == "/host/projects"


async def test_another_host_finds_neither_drafts_nor_projects(
    pages: HostPages, other_pages: HostPages, open_door: FrontDoor
) -> None:
    await open_door.propose()
    draft = await pages.begin()
    await pages.write(draft)
    for path in (draft, f"{draft}/project", f"{draft}/preview", "/host/projects/P0001"):
        assert (await other_pages.browser.get(path)).status_code == 404, path
    for path in (
        *(f"{draft}/{each}" for each in ("project", "obligations", "preview", "discard", "follow")),
        *(f"/host/projects/P0001/{each}" for each in ("correction", "draft", "withdrawal")),
    ):
        assert (await other_pages.browser.post(path, data={"version": "7"})).status_code == 404, path
    assert a_template().title not in (await other_pages.open("/host/projects")).text
    assert (await pages.send(draft)).status_code == 303


async def test_what_a_host_types_is_text_and_no_markup(pages: HostPages) -> None:
    draft = await pages.begin()
    await pages.write(draft, title="<script>alert(1)</script>", tasks=["<b>bold</b>"])
    page = await pages.open(f"{draft}/preview")
    assert "<script>alert" not in page.text
    assert "<b>bold" not in page.text
    assert "&lt;b&gt;bold" in page.text
