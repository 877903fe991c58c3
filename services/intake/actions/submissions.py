"""Submissions are received: what every one meets, however it came, and what each kind is taken by."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import to_json

from services.intake import rules, store
from services.intake.actions.applications import check_application, decided_by, take_application
from services.intake.actions.people import keep_host, keep_student
from services.intake.actions.proposals import check_proposal, take_proposal
from services.intake.actions.withdrawals import take_application_back, take_project_back
from services.intake.rules.submissions import OUR_PAGES, Arrival, one_a_field
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
    """How a kind of submission is received. Whoever checks or takes it raises `Invalid` before anything is changed."""

    take: Callable[[SubmissionT, Arrival, Work], Awaitable[None]]
    """Called once for a source and id."""
    check: Callable[[SubmissionT, Arrival, Work], Awaitable[object]] | None = None
    """By the rules that `take` goes by: changes nothing. Not there where they say nothing before it is taken."""
    changes: Callable[[SubmissionT], tuple[str, ...]] | None = None
    """The subjects to be locked, where they are not its own alone."""


SUBMISSIONS: Final[Mapping[type[Submission], Reception[Any]]] = {
    HostRecord: Reception(keep_host),
    StudentRecord: Reception(keep_student),
    ProjectProposal: Reception(take_proposal, check_proposal),
    ProjectWithdrawal: Reception(take_project_back),
    ApplicationForm: Reception(take_application, check_application, decided_by),
    ApplicationWithdrawal: Reception(take_application_back),
}


async def receive_submission(submission: Submission, work: Work) -> None:
    """Take what an outside system sent, or refuse it; the same again is ignored.

    Another content under the same source and id is refused.
    """
    kind = type(submission)
    content = submission.model_dump(mode="json")
    arrival = _arrival(work, rules.submissions.digest(kind.type, content))

    async def take() -> None:
        await SUBMISSIONS[kind].take(submission, arrival, work)

    await _receive(arrival, work, take, kind=kind.noun, content=content)


async def refuse_malformed(malformed: MalformedSubmission, work: Work) -> None:
    """Refuse what breaks its contract, with what the rules find at fault in the rest of it."""
    content = rules.malformed.content_of(malformed.body)
    arrival = _arrival(work, rules.submissions.digest_of_bytes(malformed.type, malformed.body))
    broken = [rules.malformed.legible(fault) for fault in malformed.faults]

    async def refuse() -> None:
        raise Invalid(one_a_field(await _all_faults(content, broken, arrival, work)))

    await _receive(arrival, work, refuse, kind=rules.malformed.kind(malformed.routing_key), content=content)


async def check_page(
    kind: type[SubmissionT], content: object, identifier: str, work: Work, *, sent_at: datetime
) -> tuple[SubmissionT | None, list[Fault]]:
    """The submission that a content from a page makes, and every fault by which it would be refused; nothing changes.

    `None` where the content breaks the contract.
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
    """Take what somebody sent from a page, once under its id; what it changes is locked.

    Raises `Invalid` where it is at fault; it is known as refused then.
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
        # Neither the id nor the people it names are this sender's to speak of: nothing is registered, nobody is named.
        publish_refusal(arrival.id, sender, kind, one_a_field(not_theirs), {}, work)
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
    """What breaks the contract, and what the rules say of the fields that keep it: all faults at once."""
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
        return rules.malformed.together(broken, invalid.faults)
    return list(broken)


async def _named(content: object, work: Work) -> dict[str, str]:
    """The ids that a submission names; people only where they are known, so that a subscriber can wait for them."""
    ids = rules.malformed.ids_in(content)
    if "host_id" in ids and not await store.people.host_exists(work.connection, ids["host_id"]):
        del ids["host_id"]
    if "student_id" in ids and not await store.people.student_exists(work.connection, ids["student_id"]):
        del ids["student_id"]
    return ids


def _arrival(work: Work, digest: bytes) -> Arrival:
    if work.cause is None:
        raise TypeError("a submission comes in an envelope")
    return Arrival(work.cause.id, work.cause.source, work.cause.type, work.cause.time, digest)


def _from_page(kind: type[Submission], content: object, identifier: str, sent_at: datetime) -> Arrival:
    return Arrival(identifier, OUR_PAGES, kind.type, sent_at, rules.submissions.digest(kind.type, content))
