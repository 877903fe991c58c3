"""Phrases for the host, one for each kind of finding: where a reviewer begins, never what is sent unread."""

from collections.abc import Iterable, Mapping
from typing import Final

from services.screening.rules.findings import Finding, Kind

PHRASES: Final[Mapping[Kind, str]] = {
    Kind.VAGUE: "Please say in two or three more sentences what the project is, and what it is not: a student should be"
    " able to picture the week.",
    Kind.NOT_TANGIBLE: "Please name as deliverable a thing that will exist on the last day (a report, a prototype, a"
    " set of records), rather than what the student will have gained.",
    Kind.NO_NAMED_SUPERVISOR: "Please say in the supervision who the named supervisor is and that it is they whom the"
    " student meets.",
    Kind.MEAGRE_SUPERVISION: "Please say when and how the supervisor meets the student, day by day.",
    Kind.LARGE_GROUP: "Please tell us how one supervisor is there for so many students, name a second, or offer fewer"
    " places.",
    Kind.SAFEGUARDING: "Please tell us whether the student would be with children or vulnerable adults, and how checks"
    " and safeguarding are arranged; or move the work to where they would not.",
    Kind.EXCLUDED_WORK: "The programme does not place students in patient care, in tutoring or in dangerous workplaces."
    " Please tell us if we misread the tasks, or suggest others.",
    Kind.HAZARD: "Please confirm that there is a risk assessment and an induction before the work begins.",
    Kind.UNPAID_PRODUCTION: "Students of this programme observe and assist, unpaid. Please put the tasks so that they"
    " shadow and try the work with a colleague, rather than produce what you would else pay for.",
}


def suggested_comments(found: Iterable[Finding]) -> str:
    """Comments to begin from, a paragraph for each kind of finding; none without findings."""
    kinds = dict.fromkeys(finding.kind for finding in found)
    return "\n\n".join(PHRASES[kind] for kind in kinds)
