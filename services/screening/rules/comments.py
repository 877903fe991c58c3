"""Phrases for the host, one for each kind of finding: a reviewer begins with them, and they are never sent unread."""

from collections.abc import Iterable, Mapping
from typing import Final

from services.screening.rules.findings import Finding, Kind

PHRASES: Final[Mapping[Kind, str]] = {
    Kind.VAGUE: "Please say in two or three more sentences what the project is, and what it is not: a student should be"
    " able to picture the week.",
    Kind.NOT_TANGIBLE: "Please name as deliverable a thing that will exist on the last day (a report, a prototype, a"
    " set of records), rather than what the student will have gained.",
    Kind.NO_NAMED_SUPERVISOR: "Please name the supervisor where you describe the supervision, and confirm that the"
    " student meets this person.",
    Kind.MEAGRE_SUPERVISION: "Please say when and how the supervisor meets the student, day by day.",
    Kind.LARGE_GROUP: "Please tell us how one supervisor can be there for so many students, name a second one, or offer"
    " fewer places.",
    Kind.SAFEGUARDING: "Please tell us whether the student would be with children or vulnerable adults, and how checks"
    " and safeguarding are arranged; or change the work so that there is no such contact.",
    Kind.EXCLUDED_WORK: "The programme does not place students in patient care, in tutoring or in dangerous workplaces."
    " Please tell us if we misread the tasks, or suggest others.",
    Kind.HAZARD: "Please confirm that there is a risk assessment and an induction before the work begins.",
    Kind.UNPAID_PRODUCTION: "Students of this programme observe and assist, unpaid. Please describe tasks in"
    " which they shadow a colleague and try the work, rather than produce what you would otherwise pay for.",
}


def suggested_comments(found: Iterable[Finding]) -> str:
    """Comments to begin with: a paragraph for each kind of finding; empty if there are no findings."""
    kinds = dict.fromkeys(finding.kind for finding in found)
    return "\n\n".join(PHRASES[kind] for kind in kinds)
