"""A term's folder: read as its README says, and everything that is wrong with it reported at once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ninthweek.demonstration.term import TermFaulty, read_term
from ninthweek.demonstration.term.sent import typed
from shared.contracts.submissions import ApplicationForm, HostRecord, ProjectProposal, StudentRecord
from tests.journeys.terms import BUNDLED, MadeUpTerm


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound term, small enough to be spoilt by hand."""
    return MadeUpTerm(seed=1, students=4).write(tmp_path / "term")


def test_the_bundled_term_is_read_whole() -> None:
    term = read_term(BUNDLED)
    kinds = [sent.kind for sent in (*term.records, *term.submissions)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        HostRecord: 69,
        StudentRecord: 254,
        ProjectProposal: 134,
        ApplicationForm: 535,
    }
    assert len(term.script.verdicts) == 114
    assert len(term.script.rankings) == 87
    assert len(term.script.replies) == 485
    assert len(term.script.feedback) == 791
    assert term.expected.places == 154
    assert len(term.expected.refused or {}) == 38


def test_what_was_sent_is_in_the_order_of_its_times_and_the_term_begins_before() -> None:
    term = read_term(BUNDLED)
    moments = [sent.sent_at for sent in term.submissions]
    assert moments == sorted(moments)
    assert term.begins_at == datetime(2027, 3, 7, tzinfo=UTC)
    assert {sent.sent_at for sent in term.records} == {term.begins_at}
    assert term.submissions[0].sent_at - term.begins_at >= timedelta(days=1)


def test_columns_become_what_the_contract_says() -> None:
    term = read_term(BUNDLED)
    by_id = {sent.content[f"{sent.kind.about}_id"]: sent.content for sent in (*term.records, *term.submissions)}
    assert by_id["P0092"]["tasks"] == ["Rank the problems found", "Run the sessions and take notes"]
    assert (by_id["P0092"]["places"], by_id["P0092"]["starts_on"]) == (3, "2027-06-28")
    assert (by_id["H0001"]["alumni"], by_id["H0001"]["returning"]) == (False, True)
    assert by_id["S00001"]["visa_weekly_hours"] is None
    assert 20.0 in {content.get("visa_weekly_hours") for content in by_id.values()}


def test_a_record_has_the_same_id_whenever_it_is_read() -> None:
    first, second = read_term(BUNDLED).records, read_term(BUNDLED).records
    assert [sent.event_id for sent in first] == [sent.event_id for sent in second]
    assert len({sent.event_id for sent in first}) == len(first)


def test_rankings_are_in_the_order_of_their_ranks_whatever_that_of_their_rows(folder: Path) -> None:
    table = folder / "script" / "rankings.csv"
    table.write_text("project_id,application_id,rank\nP1,A3,3\nP1,A1,1\nP2,A9,1\nP1,A2,2\n")
    assert read_term(folder).script.rankings == {"P1": ["A1", "A2", "A3"], "P2": ["A9"]}


@pytest.mark.parametrize(
    ("cell", "annotation", "value"),
    [
        ("a; b ;; c", list[str], ["a", "b", "c"]),
        (" ; ", list[str], []),
        ("yes", bool, True),
        ("no", bool, False),
        ("perhaps", bool, "perhaps"),
        ("5", int, 5),
        ("-1", int, -1),
        ("five", int, "five"),
        ("5.0", int, "5.0"),
        ("", int, ""),
        ("", float | None, None),
        ("7.5", float | None, 7.5),
        ("nan", float | None, "nan"),
        ("many", float | None, "many"),
        ("2027-02-30", str, "2027-02-30"),
    ],
)
def test_a_cell_that_is_not_of_its_type_is_left_for_intake_to_refuse(cell: str, annotation: Any, value: Any) -> None:
    assert typed(cell, annotation) == value


def test_an_application_without_a_cv_is_left_for_intake_to_refuse(folder: Path) -> None:
    _change(folder / "applications.csv", "cvs/one-page.pdf", "")
    assert any(sent.content.get("cv") == "" for sent in read_term(folder).submissions)


def test_a_spreadsheets_byte_order_mark_and_more_columns_do_no_harm(folder: Path) -> None:
    (folder / "script" / "replies.csv").write_bytes("﻿note,reply,application_id\nmaybe,accept,A1\n".encode())
    assert read_term(folder).script.replies["A1"].reply == "accept"


def test_all_that_is_wrong_is_reported_at_once(folder: Path) -> None:
    (folder / "hosts.csv").unlink()
    (folder / "students.csv").write_bytes(b"student_id,name\n\xff\xfe,\n")
    _change(folder / "round.toml", "reply_within_days = ", "reply_within_days = -")
    _change(folder / "applications.csv", "cvs/one-page.pdf", "cvs/lost.pdf")
    (folder / "script" / "verdicts.csv").write_text(
        "project_id,revision,verdict,comment\nP0,one,approve,\nP0,1,praise,\n"
    )
    (folder / "expected.json").write_text("[]")
    with pytest.raises(TermFaulty) as raised:
        read_term(folder)
    reported = str(raised.value)
    for fault in (
        "hosts.csv: cannot be read (No such file or directory).",
        "students.csv: is not text in UTF-8.",
        "round.toml: reply_within_days:",
        "applications.csv, line 2: its cv 'cvs/lost.pdf' is not a file of the folder.",
        "script/verdicts.csv, line 2: revision:",
        "script/verdicts.csv, line 3: verdict:",
        "expected.json: body:",
    ):
        assert fault in reported


@pytest.mark.parametrize(
    ("file", "before", "after", "fault"),
    [
        ("round.toml", "name =", "name", "round.toml: is not TOML in UTF-8"),
        ("round.toml", "offers_at", "offer_at", "round.toml: offers_at: This field is missing"),
        ("round.toml", "+00:00", "", "round.toml: submissions_open_at: Input should have timezone info"),
        ("round.toml", "\nopens_at = 20", "\nopens_at = 21", "round.toml: closes_at: Applications must close after"),
        ("projects.csv", ",days,", ",day,", "projects.csv: has no column days."),
        ("projects.csv", "+00:00", "", "projects.csv, line 2: sent_at is not a time with an offset from UTC"),
        ("projects.csv", "+00:00,", "+00:00,,", "projects.csv, line 2: has 22 cells, and the header 21."),
        ("applications.csv", "cvs/one-page.pdf", "../term/../../secret", "is not a file of the folder."),
        ("script/replies.csv", ",accept", ",perhaps", "script/replies.csv, line"),
        ("script/feedback.csv", ",student,", ",parent,", "respondent: Input should be 'student' or 'host'."),
        ("expected.json", "{", "[", "expected.json: body: The body is not JSON in UTF-8."),
        ("expected.json", '"places": ', '"places": "x', "expected.json"),
    ],
)
def test_each_fault_is_reported_in_words(folder: Path, file: str, before: str, after: str, fault: str) -> None:
    _change(folder / file, before, after)
    with pytest.raises(TermFaulty) as raised:
        read_term(folder)
    assert fault in str(raised.value)


def test_a_row_without_an_id_and_a_repeated_line_are_reported(folder: Path) -> None:
    (folder / "script" / "replies.csv").write_text("application_id,reply\nA1,accept\nA1,decline\n")
    projects = (folder / "projects.csv").read_text()
    event_id = projects.splitlines()[1].partition(",")[0]
    (folder / "projects.csv").write_text(projects.replace(f"\n{event_id},", "\n,", 1))
    with pytest.raises(TermFaulty) as raised:
        read_term(folder)
    assert raised.value.faults == [
        "projects.csv, line 2: has no event_id.",
        "script/replies.csv, line 3: repeats an earlier line.",
    ]


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TermFaulty, match="There is no such folder"):
        read_term(tmp_path / "nowhere")


def _change(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
