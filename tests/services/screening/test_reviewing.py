"""What reviewers do on a revision before its verdict is released."""

import pytest

from services.screening.rules.comments import PHRASES
from services.screening.rules.findings import Kind
from tests.services.screening.reviewing import SCORES, ReviewPages
from tests.support.examples import project_submitted, project_withdrawn


async def test_a_project_is_assigned_reassigned_and_unassigned(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())

    await pages.act("assignment", {"reviewer": "hana"}, who="hana")
    assert "Reviewer: hana" in await pages.page()
    await pages.act("assignment", {"reviewer": "mateo"}, who="hana")
    assert "Reviewer: mateo" in await pages.page()
    await pages.act("assignment", {"reviewer": ""}, who="mateo")
    assert "Nobody reviews it yet" in await pages.page()
    page = await pages.page("/projects/P0001")
    assert "Unassigned by mateo" in page
    assert "Assigned by hana to mateo" in page


async def test_the_reviewer_of_a_project_stays_with_its_next_revision(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())
    await pages.act("assignment", {"reviewer": "hana"})

    await pages.screening.receive(project_submitted(revision=2))

    assert "revision 2" in await pages.page(who="hana", whose="mine")


@pytest.mark.parametrize("reviewer", ["stranger", "vera"])
async def test_only_a_reviewer_who_has_opened_the_pages_can_be_assigned(pages: ReviewPages, reviewer: str) -> None:
    await pages.screening.receive(project_submitted())

    answer = await pages.act("assignment", {"reviewer": reviewer})

    assert answer.status_code == 422
    assert "Choose a reviewer who has opened these pages before." in answer.text
    assert "Nobody reviews it yet" in await pages.page()


async def test_several_reviewers_score_and_the_last_scores_of_each_count(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())

    await pages.act("scores", SCORES, who="hana")
    await pages.act("scores", SCORES | {"score_scope": "4", "comment_scope": "Four is plenty."}, who="hana")
    await pages.act("scores", SCORES | {"score_scope": "2"}, who="mateo")

    page = await pages.page("/projects/P0001")
    assert "Scores of 2 reviewers Criterion Mean Spread hana mateo" in page
    assert "Scope 3.0 2 to 4 far apart 4 Four is plenty. 2" in page
    assert "The reviewers are far apart on scope" in page
    assert await pages.screening.connection.fetchval("select count(*) from scorings") == 3


async def test_scores_at_fault_are_shown_again_with_all_that_was_typed(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())

    answer = await pages.act("scores", SCORES | {"score_scope": "7", "comment_learning": "It teaches a good deal."})

    assert answer.status_code == 422
    assert "Scope: choose a score from 1 to 4." in answer.text
    assert "It teaches a good deal." in answer.text
    assert await pages.screening.connection.fetchval("select count(*) from scorings") == 0


async def test_a_second_opinion_is_asked_for_and_given_by_another_reviewer(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())

    await pages.act("opinion", {"of": "mateo", "why": "Is it lawful?"}, who="hana")
    assert "mateo has not scored it yet." in await pages.page("/projects/P0001")
    await pages.act("scores", SCORES, who="hana")
    assert "mateo has not scored it yet." in await pages.page("/projects/P0001")

    await pages.act("scores", SCORES, who="mateo")

    page = await pages.page("/projects/P0001")
    assert "It is given: see the scores." in page
    assert "The reviewers agree" in page


async def test_only_staff_and_who_asked_for_an_opinion_may_say_that_it_is_not_needed(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())
    await pages.act("opinion", who="hana")

    assert (await pages.act("opinion/drop", who="mateo")).status_code == 403
    assert (await pages.act("opinion/drop", who="quinn")).status_code == 303
    assert "second opinion awaited" not in await pages.page("/projects/P0001")


async def test_a_prepared_verdict_may_be_changed_and_cleared(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())

    await pages.prepare("approve")
    await pages.prepare("return", "Please name a supervisor.", who="mateo")
    assert "Prepared: return Please name a supervisor. By mateo" in await pages.page("/projects/P0001")

    await pages.act("verdict/clear")
    page = await pages.page("/projects/P0001")
    assert "Prepared: return" not in page
    assert "Cleared by hana" in page
    assert "Prepared by mateo return: Please name a supervisor." in page


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"verdict": "return", "comments": " "}, "Say why, for the host"),
        ({"verdict": "decline", "comments": ""}, "Say why, for the host"),
        ({"verdict": "maybe", "comments": "A long thought."}, "Choose a verdict."),
        ({"verdict": "return", "comments": "A long thought." * 200}, "At most 2,000 characters"),
    ],
)
async def test_a_verdict_at_fault_is_shown_again_and_nothing_is_prepared(
    pages: ReviewPages, form: dict[str, str], reason: str
) -> None:
    await pages.screening.receive(project_submitted())

    answer = await pages.act("verdict", form)

    assert answer.status_code == 422
    assert reason in answer.text
    assert form["comments"].strip() in answer.text
    assert await pages.chosen() == []


async def test_comments_for_the_host_begin_from_what_was_found(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted(deliverables=["Insight"]))

    assert PHRASES[Kind.NOT_TANGIBLE] not in await pages.page("/projects/P0001")
    assert PHRASES[Kind.NOT_TANGIBLE] in await pages.page("/projects/P0001", begin="comments")


async def test_what_changed_since_the_last_revision_is_marked_for_readers_and_screen_readers(
    pages: ReviewPages,
) -> None:
    await pages.screening.receive(project_submitted())
    await pages.screening.receive(
        project_submitted(revision=2, supervision="Hana Brown will meet you each afternoon for fifteen minutes.")
    )

    shown = (await pages.browsers["vera"].get("/staff/screening/projects/P0001")).text

    assert '<del><span class="visually-hidden">removed: </span>morning ' in shown
    assert '<ins><span class="visually-hidden">added: </span>afternoon ' in shown
    assert shown.count('class="changed"') == 1


async def test_an_earlier_revision_can_be_read_but_not_acted_on(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted(title="The first title"), project_submitted(revision=2))

    page = await pages.page("/projects/P0001", revision="1")

    assert "The first title" in page
    assert "the newest is revision 2" in page
    assert "Prepare the verdict" not in page
    assert (await pages.act("verdict", {"verdict": "approve"})).status_code == 409


@pytest.mark.parametrize("path", ["assignment", "scores", "opinion", "opinion/drop", "verdict", "verdict/clear"])
async def test_nothing_is_done_on_a_project_that_is_withdrawn_or_not_there(pages: ReviewPages, path: str) -> None:
    await pages.screening.receive(project_submitted(), project_withdrawn())
    form = SCORES | {"verdict": "approve", "reviewer": "hana"}

    assert (await pages.act(path, form)).status_code == 409
    assert (await pages.act(path, form, project_id="P0009")).status_code == 404
    assert await pages.screening.connection.fetchval("select count(*) from acts") == 0


async def test_a_project_or_revision_that_is_not_there_is_not_found(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())

    for path in ("/projects/P0009", "/projects/P0001?revision=2"):
        assert (await pages.browsers["quinn"].get(f"/staff/screening{path}")).status_code == 404


async def test_a_viewer_reads_and_does_nothing(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())

    page = await pages.page("/projects/P0001", who="vera")

    assert "Take it myself" not in page
    assert "Prepare the verdict" not in page
    assert (await pages.act("scores", SCORES, who="vera")).status_code == 403
