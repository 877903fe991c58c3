"""Receive submissions: what is the same for all of them, and which actions check and take each kind."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import to_json

from services.intake import rules, store
from services.intake.actions.applications import check_application, subjects_of_form, take_application
from services.intake.actions.people import keep_host, keep_student
from services.intake.actions.proposals import check_proposal, take_proposal
from services.intake.actions.withdrawals import take_application_back, take_project_back
from services.intake.rules.submissions import OUR_PAGES, Arrival, one_per_field
from shared.contracts.faults import Fault, faults_of
from shared.contracts.intake import SubmissionRefused
from shared.contracts.message import Submission
from shared.contracts.submissions import (
    ApplicationForm,
    ApplicationWithdrawal,
    HostRecord,
    ProjectProposal,
    ProjectWithdrawal,
    StudentRecord,
)
from shared.refusals import Invalid
from shared.runtime.service import MalformedSubmission
from shared.runtime.work import Work

SubmissionT = TypeVar("SubmissionT", bound=Submission)


@dataclass(frozen=True, slots=True)
class Reception(Generic[SubmissionT]):
    """How a kind of submission is received. `take` and `check` raise `Invalid` before they change anything."""

    take: Callable[[SubmissionT, Arrival, Work], Awaitable[None]]
    """Called once for each source and id."""
    check: Callable[[SubmissionT, Arrival, Work], Awaitable[object]] | None = None
    """Applies the rules of `take` and changes nothing. `None` where there is nothing to check beforehand."""
    changes: Callable[[SubmissionT], tuple[str, ...]] | None = None
    """The subjects to lock; `None` for the submission's own subject alone."""


SUBMISSIONS: Final[Mapping[type[Submission], Reception[Any]]] = {
    HostRecord: Reception(keep_host),
    StudentRecord: Reception(keep_student),
    ProjectProposal: Reception(take_proposal, check_proposal),
    ProjectWithdrawal: Reception(take_project_back),
    ApplicationForm: Reception(take_application, check_application, subjects_of_form),
    ApplicationWithdrawal: Reception(take_application_back),
}


async def receive_submission(submission: Submission, work: Work) -> None:
    """Take a submission of an outside system, or refuse it.

    The same submission again is ignored. Other content under the same source and id is refused.
    """
    kind = type(submission)
    content = submission.model_dump(mode="json")
    arrival = _arrival(work, rules.submissions.digest(kind.type, content))

    async def take() -> None:
        await SUBMISSIONS[kind].take(submission, arrival, work)

    await _receive(arrival, work, take, kind=kind.noun, content=content)


async def refuse_malformed(malformed: MalformedSubmission, work: Work) -> None:
    """Refuse a submission that breaks its contract, and name what the rules find at fault in its other fields too."""
    content = rules.malformed.content_of(malformed.body)
    arrival = _arrival(work, rules.submissions.digest_of_bytes(malformed.type, malformed.body))
    broken = [rules.malformed.legible(fault) for fault in malformed.faults]

    async def refuse() -> None:
        raise Invalid(one_per_field(await _all_faults(content, broken, arrival, work)))

    await _receive(arrival, work, refuse, kind=rules.malformed.kind(malformed.routing_key), content=content)


async def check_page(
    kind: type[SubmissionT], content: object, identifier: str, work: Work, *, sent_at: datetime
) -> tuple[SubmissionT | None, list[Fault]]:
    """A page's content as a submission, and every fault for which it would be refused. Changes nothing.

    The submission is `None` if the content breaks the contract.
    """
    try:
        submission = kind.from_json(to_json(content))
    except ValidationError as error:
        submission = None
        broken = faults_of(error.errors(include_url=False, include_context=False, include_input=False))
    else:
        broken = []
    return submission, await _all_faults(content, broken, _from_page(kind, content, identifier, sent_at), work)


async def take_page(submission: Submission, identifier: str, work: Work, *, sent_at: datetime) -> None:
    """Take a submission from a page, once for each id. The caller has locked the subjects that it changes.

    Raises `Invalid` if it is at fault, after it has registered it as refused.
    """
    kind = type(submission)
    arrival = _from_page(kind, submission.model_dump(mode="json"), identifier, sent_at)
    if await store.submissions.claim(work.connection, arrival, at=work.now) is not None:
        return
    try:
        await SUBMISSIONS[kind].take(submission, arrival, work)
    except Invalid as invalid:
        await store.submissions.refuse(work.connection, arrival, invalid.faults)
        raise


def publish_refusal(
    submission_id: str, source: str, kind: str, faults: Sequence[Fault], ids: Mapping[str, str], work: Work
) -> None:
    refusal: dict[str, Any] = {
        "submission_id": submission_id,
        "source": source,
        "kind": kind,
        "faults": list(faults),
        "refused_at": work.now,
    }
    work.publish(SubmissionRefused.model_validate(refusal | {**ids}))


async def _receive(
    arrival: Arrival, work: Work, take: Callable[[], Awaitable[None]], *, kind: str, content: object
) -> None:
    sender = work.sender or ""
    not_theirs = rules.submissions.faults_in_sender(sender, arrival.source, arrival.type)
    if not_theirs:
        # Neither the id nor the people in it are this sender's: so nothing is registered, and nobody is named.
        publish_refusal(arrival.id, sender, kind, one_per_field(not_theirs), {}, work)
        return
    first = await store.submissions.claim(work.connection, arrival, at=work.now)
    if first == arrival.digest:
        return
    try:
        if first is not None:
            raise Invalid([rules.submissions.EVENT_ID_USED])
        await take()
    except Invalid as invalid:
        if first is None:
            await store.submissions.refuse(work.connection, arrival, invalid.faults)
        publish_refusal(arrival.id, sender, kind, invalid.faults, await _named(content, work), work)


async def _all_faults(content: object, broken: Sequence[Fault], arrival: Arrival, work: Work) -> list[Fault]:
    """All faults at once: what breaks the contract, and what the rules find in the fields that keep it."""
    kind = next((each for each in SUBMISSIONS if each.type == arrival.type), None)
    check = SUBMISSIONS[kind].check if kind else None
    if kind is None or check is None:
        return list(broken)
    readable = rules.malformed.with_blanks(kind, content, broken)
    if readable is None:
        return list(broken)
    try:
        await check(readable, arrival, work)
    except Invalid as invalid:
        return rules.malformed.merge_faults(broken, invalid.faults)
    return list(broken)


async def _named(content: object, work: Work) -> dict[str, str]:
    """The ids in a submission. People are named only if they are known here.

    A subscriber may wait for the event that introduces a person, and for an unknown one there is none.
    """
    ids = rules.malformed.ids_in(content)
    if "host_id" in ids and not await store.people.host_exists(work.connection, ids["host_id"]):
        del ids["host_id"]
    if "student_id" in ids and not await store.people.student_exists(work.connection, ids["student_id"]):
        del ids["student_id"]
    return ids


def _arrival(work: Work, digest: bytes) -> Arrival:
    if work.cause is None:
        raise TypeError("a submission must have an envelope")
    return Arrival(work.cause.id, work.cause.source, work.cause.type, work.cause.time, digest)


def _from_page(kind: type[Submission], content: object, identifier: str, sent_at: datetime) -> Arrival:
    return Arrival(identifier, OUR_PAGES, kind.type, sent_at, rules.submissions.digest(kind.type, content))
