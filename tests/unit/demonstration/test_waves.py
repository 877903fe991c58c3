"""Waves: what is published together has the same outcome as if it were sent one by one."""

from datetime import UTC, datetime
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ninthweek.demonstration.term import Sent
from ninthweek.demonstration.waves import waves
from shared.contracts.submissions import ApplicationForm, HostRecord, ProjectProposal, StudentRecord

SENT_AT = datetime(2027, 4, 21, 9, tzinfo=UTC)


def host(host_id: str, event_id: str = "") -> Sent:
    return Sent(HostRecord, event_id or f"evt-{host_id}", SENT_AT, {"host_id": host_id})


def student(student_id: str) -> Sent:
    return Sent(StudentRecord, f"evt-{student_id}", SENT_AT, {"student_id": student_id})


def proposal(project_id: str, host_id: str = "H1", event_id: str = "") -> Sent:
    content = {"project_id": project_id, "host_id": host_id}
    return Sent(ProjectProposal, event_id or f"evt-{project_id}-{host_id}", SENT_AT, content)


def application(student_id: str, project_id: str, event_id: str = "") -> Sent:
    name = f"A-{student_id}-{project_id}"
    content = {"application_id": name, "student_id": student_id, "project_id": project_id}
    return Sent(ApplicationForm, event_id or f"evt-{name}", SENT_AT, content)


def test_unrelated_submissions_go_together() -> None:
    together = [application("S1", "P1"), application("S2", "P1"), application("S3", "P2"), proposal("P3")]
    assert waves(together) == [together]


def test_one_students_next_application_waits() -> None:
    first, second, third = (application("S1", project) for project in ("P1", "P2", "P3"))
    assert waves([first, second, third]) == [[first], [second], [third]]


def test_one_projects_correction_waits() -> None:
    first, corrected, other = proposal("P1"), proposal("P1", event_id="evt-2"), proposal("P2")
    assert waves([first, corrected, other]) == [[first, other], [corrected]]


def test_an_application_waits_for_the_proposal_that_it_names_and_keeps_its_correction_waiting() -> None:
    first, applied, corrected = proposal("P1"), application("S1", "P1"), proposal("P1", event_id="evt-2")
    assert waves([first, applied, corrected]) == [[first], [applied], [corrected]]


def test_a_proposal_waits_for_its_host_and_an_application_for_its_student() -> None:
    known, proposed = host("H1"), proposal("P1", "H1")
    registered, applied = student("S1"), application("S1", "P9")
    assert waves([known, registered, proposed, applied]) == [[known, registered], [proposed, applied]]


def test_a_repeated_id_waits_whatever_it_is_about() -> None:
    first, again = application("S1", "P1", event_id="evt"), application("S2", "P2", event_id="evt")
    assert waves([first, again]) == [[first], [again]]


names = st.sampled_from(["1", "2", "3"])
anything = st.one_of(
    st.builds(host, names),
    st.builds(student, names),
    st.builds(proposal, names, names, st.sampled_from(["", "evt-1", "evt-2"])),
    st.builds(application, names, names, st.sampled_from(["", "evt-1", "evt-2"])),
)


def related(one: Sent, other: Sent) -> bool:
    """Whether the order of two submissions matters, found in another way than in the code."""
    if (one.system, one.event_id) == (other.system, other.event_id) or one.subject == other.subject:
        return True
    kinds = {one.kind: one.content, other.kind: other.content}
    if kinds.keys() == {ApplicationForm}:
        return bool(one.content["student_id"] == other.content["student_id"])
    by_what = {
        frozenset({HostRecord, ProjectProposal}): "host_id",
        frozenset({StudentRecord, ApplicationForm}): "student_id",
        frozenset({ProjectProposal, ApplicationForm}): "project_id",
    }.get(frozenset(kinds))
    return by_what is not None and one.content[by_what] == other.content[by_what]


@given(st.lists(anything, max_size=15))
def test_everything_is_sent_once_and_related_submissions_in_their_order(submissions: list[Sent]) -> None:
    numbered = [
        Sent(each.kind, each.event_id, SENT_AT, {**each.content, "number": number})
        for number, each in enumerate(submissions)
    ]
    cut = waves(numbered)
    wave_of = {sent.content["number"]: wave for wave, together in enumerate(cut) for sent in together}
    assert sorted(wave_of) == list(range(len(numbered)))
    assert all(cut)
    for one, other in combinations(numbered, 2):
        if related(one, other):
            assert wave_of[one.content["number"]] < wave_of[other.content["number"]]
