"""Rules by which the projects of trusted hosts are approved when they are submitted."""

from datetime import timedelta
from uuid import uuid4

import pytest

from shared.contracts.screening import ProjectApproved, ReviewOverdue
from tests.services.screening.reviewing import SCREENING, ReviewPages, text_of
from tests.support.examples import host_registered, project_submitted, round_scheduled


@pytest.fixture
async def trusting(pages: ReviewPages) -> ReviewPages:
    """Screening, which knows a host and a round."""
    await pages.screening.receive(host_registered(), round_scheduled())
    return pages


async def state(pages: ReviewPages, project_id: str = "P0001") -> str:
    """The state of a project's newest revision."""
    newest: dict[str, str] = (await pages.screening.http.get(f"/reviews/{project_id}")).json()["revisions"][0]
    return newest["state"]


async def test_a_rule_approves_at_once_and_the_history_names_the_rule(trusting: ReviewPages) -> None:
    await trusting.set_rule()

    await trusting.screening.receive(project_submitted())

    (published,) = await trusting.screening.published(ProjectApproved)
    assert (published.project_id, published.revision) == ("P0001", 1)
    (revision,) = (await trusting.screening.http.get("/reviews/P0001")).json()["revisions"]
    assert [(step["transition"], step["by"]) for step in revision["history"]] == [
        ("submit", "host"),
        ("approve", "programme rule"),
    ]
    assert "Approved by programme rule 1 (Hosted four times.)" in await trusting.page("/projects/P0001")
    assert "Approved 1 revision A small tool for river health (P0001, revision 1)" in await trusting.page("/rules")


async def test_what_a_rule_approved_is_never_overdue(trusting: ReviewPages) -> None:
    await trusting.set_rule()
    await trusting.screening.receive(project_submitted())

    await trusting.screening.step_to(trusting.screening.clock() + timedelta(days=30))

    assert await trusting.screening.published(ReviewOverdue) == []


async def test_a_project_published_twice_is_approved_once(trusting: ReviewPages) -> None:
    await trusting.set_rule()
    identifier = str(uuid4())

    await trusting.screening.receive(project_submitted(), identifier=identifier)
    await trusting.screening.receive(project_submitted(), identifier=identifier)
    await trusting.screening.receive(project_submitted())

    assert len(await trusting.screening.published(ProjectApproved)) == 1
    assert await trusting.screening.failures() == []


async def test_a_correction_that_a_rule_approves_supersedes_the_waiting_revision(trusting: ReviewPages) -> None:
    await trusting.screening.receive(project_submitted())
    await trusting.set_rule()

    await trusting.screening.receive(project_submitted(revision=2))

    revisions = (await trusting.screening.http.get("/reviews/P0001")).json()["revisions"]
    assert [each["state"] for each in revisions] == ["approved", "superseded"]


async def test_a_rule_for_corrections_leaves_a_first_revision_to_a_reviewer(trusting: ReviewPages) -> None:
    await trusting.set_rule(corrections_only="yes")

    await trusting.screening.receive(project_submitted())
    assert await state(trusting) == "open"
    await trusting.screening.http.post(
        "/reviews/P0001/revisions/1/verdict", json={"verdict": "return", "comments": "Name a supervisor."}
    )
    await trusting.screening.receive(project_submitted(revision=2))

    assert await state(trusting) == "approved"


async def test_a_project_with_a_finding_that_the_rule_names_goes_to_a_reviewer(trusting: ReviewPages) -> None:
    await trusting.set_rule(without=["vague", "hazard"])

    await trusting.screening.receive(project_submitted(scope="Help us."))

    assert await state(trusting) == "open"
    assert await trusting.screening.published_types() == []


async def test_a_rule_is_paused_resumed_and_removed(trusting: ReviewPages) -> None:
    await trusting.set_rule()
    quinn = trusting.browsers["quinn"]

    states = []
    for number, act in enumerate(("pause", "resume", "remove"), start=1):
        assert (await quinn.post(f"{SCREENING}/rules/1/{act}")).status_code == 303
        await trusting.screening.receive(project_submitted(project_id=f"P000{number}"))
        states.append(await state(trusting, f"P000{number}"))

    assert states == ["open", "approved", "open"]
    page = await trusting.page("/rules")
    assert "No rule is set" in page
    assert "removed by quinn" in page
    assert "Approved 1 revision" in page, "what it approved stays explained"
    assert (await quinn.post(f"{SCREENING}/rules/1/resume")).status_code == 409
    assert (await quinn.post(f"{SCREENING}/rules/2/resume")).status_code == 404


async def test_a_rule_at_fault_is_shown_again_and_not_set(trusting: ReviewPages) -> None:
    answer = await trusting.set_rule(host_id="H0009", round_id="", last_day="soon", reason="")

    page = text_of(answer)
    assert answer.status_code == 422
    for reason in (
        "Choose the host that you trust.",
        "Give it an end",
        "This is not a date",
        "Say why the host is trusted",
    ):
        assert reason in page
    assert "No rule is set" in await trusting.page("/rules")


@pytest.mark.parametrize("who", ["hana", "vera"])
async def test_only_staff_set_rules_and_others_read_them(trusting: ReviewPages, who: str) -> None:
    assert (await trusting.set_rule(who=who)).status_code == 403
    await trusting.set_rule()
    for act in ("pause", "resume", "remove"):
        assert (await trusting.browsers[who].post(f"{SCREENING}/rules/1/{act}")).status_code == 403

    page = await trusting.page("/rules", who=who)

    assert "Rule 1: Brown & Brown Museum in force" in page
    assert "Set the rule" not in page
