from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from services.intake.rules.drafts import (
    Draft,
    End,
    accepted,
    blank_draft,
    correction,
    ended,
    faults_before_sending,
    faults_in_acceptance,
    faults_in_filled_fields,
    following,
    offered_again,
    overwrites,
    saved,
    steps_done,
)
from services.intake.rules.projects import Project, ProjectState, check
from services.intake.rules.template import FIELDS, LABELS, Step, as_text, as_typed, choices, is_list, step_of
from shared.contracts.faults import Fault
from shared.contracts.submissions import ProjectProposal, ProjectTemplate
from shared.refusals import Invalid
from tests.support.intake import SUBMISSIONS_OPEN, a_round, a_template

NOW = SUBMISSIONS_OPEN
LATER = NOW + timedelta(minutes=5)
DRAFT = UUID("01990a4e-7c00-7000-8000-000000000044")
SUPERVISION = {"supervisor_name": "Hana Brown", "supervision": "Each morning."}


def a_draft(**changes: Any) -> Draft:
    return blank_draft(DRAFT, "H0001", now=NOW).model_copy(update=changes)


def a_project(**changes: Any) -> Project:
    facts: dict[str, Any] = {
        "project_id": "P0001",
        "round_id": "trinity-2027",
        "host_id": "H0001",
        "revision": 3,
        "state": ProjectState.RETURNED,
        "template": a_template(),
    }
    return Project(**facts | changes)


def typed_through(template: ProjectTemplate) -> Draft:
    """A draft into which a host has typed this template, step by step."""
    texts = as_text(template.model_dump(mode="json"))
    draft = a_draft()
    for step, fields in FIELDS.items():
        typed: dict[str, Any] = {
            field: [*filter(None, texts[field].split("\n"))] if is_list(field) else as_typed(field, texts[field])
            for field in fields
        }
        draft = saved(draft, step, typed, window="a", now=LATER)
    return draft


def at_fault(draft: Draft) -> list[str]:
    proposal = ProjectProposal.from_json(to_json(draft.proposal))
    try:
        check(proposal, sent_at=NOW, rounds=[a_round()], host_known=True, current=None)
    except Invalid as refused:
        return [fault.field for fault in refused.faults]
    return []


def test_every_field_of_the_template_is_asked_for_once_and_has_a_label() -> None:
    asked = [field for fields in FIELDS.values() for field in fields]
    assert sorted(asked) == sorted(ProjectTemplate.model_fields)
    assert list(LABELS) == list(ProjectTemplate.model_fields)


@given(
    st.builds(
        a_template,
        title=st.text("abc é", max_size=20).map(str.strip),
        tasks=st.lists(st.text("abc", min_size=1, max_size=9), max_size=4),
        disciplines=st.lists(st.sampled_from(["any", "Humanities"]), max_size=2),
        places=st.integers(-9, 9),
        days=st.integers(-1, 9),
        week=st.integers(0, 12),
    )
)
def test_what_is_typed_in_steps_is_what_would_be_sent(template: ProjectTemplate) -> None:
    proposal = typed_through(template).proposal
    assert proposal == template.model_dump(mode="json") | {
        "project_id": f"P-{DRAFT}",
        "host_id": "H0001",
        "revision": 1,
    }


def test_an_empty_draft_has_the_faults_of_an_empty_submission() -> None:
    assert at_fault(a_draft()) == [
        *("title", "mode", "scope", "tasks", "deliverables", "supervisor_name", "places", "days", "week")
    ]


@pytest.mark.parametrize("text", ["ten", "1e9", "12345678901", "-", "²"])
def test_what_is_not_a_number_is_kept_as_it_was_typed(text: str) -> None:
    assert as_typed("places", text) == text


@pytest.mark.parametrize(
    ("field", "text", "value"), [("places", " 2 ", 2), ("days", "", None), ("starts_on", "", None)]
)
def test_what_was_typed_becomes_a_value_of_the_contract(field: str, text: str, value: object) -> None:
    assert as_typed(field, text) == value


def test_saving_the_same_again_changes_nothing() -> None:
    once = saved(a_draft(), Step.SUPERVISION, SUPERVISION, window="a", now=NOW)
    assert saved(once, Step.SUPERVISION, SUPERVISION, window="b", now=LATER) is once
    blank = {"supervisor_name": "", "supervision": ""}
    assert saved(a_draft(), Step.SUPERVISION, blank, window="a", now=LATER).version == 1


@pytest.mark.parametrize(
    ("step", "typed", "seen", "window", "expected"),
    [
        (Step.SUPERVISION, {"supervisor_name": "Jo Price", "supervision": ""}, 1, "b", True),
        (Step.SUPERVISION, {"supervisor_name": "Jo Price", "supervision": ""}, 2, "b", False),  # it has seen the save
        (Step.SUPERVISION, {"supervisor_name": "Jo Price", "supervision": ""}, 1, "a", False),  # it has made the save
        (Step.SUPERVISION, SUPERVISION, 1, "b", False),  # it is the same text
        (Step.WORK, {"tasks": ["Read"], "deliverables": []}, 1, "b", False),  # it is another step
    ],
)
def test_only_what_another_window_saved_unseen_is_overwritten(
    step: Step, typed: dict[str, Any], seen: int, window: str, expected: bool
) -> None:
    draft = saved(a_draft(), Step.SUPERVISION, SUPERVISION, window="a", now=NOW)
    assert overwrites(draft, step, typed, seen=seen, window=window) is expected


def test_a_field_that_is_still_empty_is_not_at_fault_yet() -> None:
    draft = a_draft(content={"places": 0, "title": "", "tasks": ["x" * 301]})
    faults = [Fault(field=field, reason="…") for field in ("title", "places", "days", "tasks.0", "sent_at")]
    assert [fault.field for fault in faults_in_filled_fields(draft, faults)] == ["places", "tasks.0"]


def test_what_keeps_a_draft_from_being_sent_is_grouped_by_step() -> None:
    faults = [Fault(field=field, reason="…") for field in ("sent_at", "tasks.0", "days")]
    assert {
        step: [fault.field for fault in found] for step, found in faults_before_sending(a_draft(), faults).items()
    } == {
        Step.WORK: ["tasks.0"],
        Step.ARRANGEMENTS: ["days"],
        Step.OBLIGATIONS: ["obligations"],
        Step.PREVIEW: ["sent_at"],
    }


def test_a_step_is_done_once_it_has_content_without_a_fault() -> None:
    draft = saved(a_draft(), Step.SUPERVISION, SUPERVISION, window="a", now=NOW)
    assert steps_done(draft, []) == {Step.SUPERVISION}
    assert steps_done(draft, [Fault(field="supervision", reason="…")]) == set()


def test_obligations_are_accepted_by_a_person_for_work_of_that_mode() -> None:
    draft = accepted(a_draft(content={"mode": "remote"}), "Hana Brown", window="a", now=NOW)
    assert draft.acceptance is not None
    assert (draft.acceptance.by, draft.acceptance.mode, draft.acceptance.at) == ("Hana Brown", "remote", NOW)
    assert accepted(draft, "Jo Price", window="a", now=LATER) is draft
    assert faults_in_acceptance(draft) == []

    elsewhere = draft.model_copy(update={"content": {"mode": "in person"}})
    assert [fault.field for fault in faults_in_acceptance(elsewhere)] == ["obligations"]
    assert accepted(draft, None, window="a", now=LATER).acceptance is None


def test_a_correction_begins_as_the_last_revision() -> None:
    draft = correction(DRAFT, a_project(), now=NOW)
    assert (draft.project_id, draft.revision) == ("P0001", 4)
    assert ProjectTemplate(**draft.content) == a_template()
    assert draft.acceptance is None
    assert following(draft, a_project(revision=7), now=NOW).revision == 8


def test_a_project_offered_again_is_a_new_one_without_its_dates() -> None:
    draft = offered_again(DRAFT, a_project(), now=NOW)
    assert (draft.project_id, draft.revision) == (f"P-{DRAFT}", 1)
    assert draft.content.keys() == ProjectTemplate.model_fields.keys() - {"week", "starts_on"}


def test_a_draft_that_has_ended_has_no_content() -> None:
    draft = ended(typed_through(a_template()), End.DISCARDED)
    assert (draft.content, draft.acceptance) == ({}, None)


def test_what_was_chosen_before_stays_among_the_choices() -> None:
    offered = choices(a_round(), {"category": "gardening", "week": 7, "disciplines": ["any", "Theology"]})
    assert ("gardening", "gardening") in offered["category"]
    assert offered["week"] == [("9", "Week 9: Monday 21 to Friday 25 June 2027"), ("7", "7")]
    assert ("Theology", "Theology") in offered["disciplines"]
    assert [value for value, _ in offered["starts_on"]][:2] == ["", "2027-06-21"]


@pytest.mark.parametrize(
    ("field", "step"), [("tasks.3", Step.WORK), ("sent_at", Step.PREVIEW), ("days", Step.ARRANGEMENTS)]
)
def test_a_fault_is_corrected_in_the_step_of_its_field(field: str, step: Step) -> None:
    assert step_of(Fault(field=field, reason="…")) is step
