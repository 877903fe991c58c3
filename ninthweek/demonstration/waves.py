"""Which submissions may be published together, with the same outcome as if they were sent one by one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ninthweek.demonstration.term import Sent
from shared.contracts.message import Submission, subject
from shared.contracts.submissions import ApplicationForm, ProjectProposal

DEPENDS_ON: Mapping[type[Submission], str] = {ProjectProposal: "host", ApplicationForm: "project"}
"""What a submission depends on, but does not change."""

COUNTS_FOR: Mapping[type[Submission], str] = {ApplicationForm: "student"}
"""What a submission changes beside itself: how many applications the student has made."""


def waves(submissions: Iterable[Sent]) -> list[list[Sent]]:
    """Cut submissions into waves; each is published once the one before it is handled.

    A submission goes into the first wave after all that must come before it: earlier submissions with its id or about
    the same thing, earlier applications of the same student, and the host, student or project that it names. Within a
    wave, the order does not matter.
    """
    cut: list[list[Sent]] = []
    last_change: defaultdict[str, int] = defaultdict(int)
    last_use: defaultdict[str, int] = defaultdict(int)
    for sent in submissions:
        changes, depends_on = _changes(sent), _depends_on(sent)
        wave = max(*(last_use[thing] for thing in changes), *(last_change[thing] for thing in depends_on), 0)
        last_change.update(dict.fromkeys(changes, wave + 1))
        last_use.update({thing: max(last_use[thing], wave + 1) for thing in (*changes, *depends_on)})
        cut += [[] for _ in range(wave + 1 - len(cut))]
        cut[wave].append(sent)
    return cut


def _changes(sent: Sent) -> tuple[str, ...]:
    changes = (sent.subject, subject("event", f"{sent.system.name}/{sent.event_id}"))
    also = COUNTS_FOR.get(sent.kind)
    return (*changes, subject(also, sent.content[f"{also}_id"])) if also else changes


def _depends_on(sent: Sent) -> tuple[str, ...]:
    what = DEPENDS_ON.get(sent.kind)
    return (subject(what, sent.content[f"{what}_id"]),) if what else ()
