"""What every submission meets at the door: is it its sender's own, was it sent before, and what is said if refused."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial, wraps
from typing import Any

from services.intake import rules, service, store
from services.intake.reception import SubmissionT, Taker, faults_by_contract_and_rules
from services.intake.rules.submissions import Arrival, Refused
from shared.contracts.faults import Fault
from shared.contracts.intake import SubmissionRefused
from shared.runtime.service import MalformedSubmission
from shared.runtime.work import Work


def receives(
    submission: type[SubmissionT], *, changes: Callable[[SubmissionT], tuple[str, ...]] | None = None
) -> Callable[[Taker[SubmissionT]], Taker[SubmissionT]]:
    """Register who takes a kind of submission. It may raise `Refused`, before it changes anything.

    It is called once for a source and id: the same again is ignored, and another content under them is refused.
    """

    def register(take: Taker[SubmissionT]) -> Taker[SubmissionT]:
        @service.on(submission, changes=changes)
        @wraps(take)
        async def receive(message: SubmissionT, work: Work) -> None:
            content = message.model_dump(mode="json")
            arrival = _arrival(work, rules.submissions.digest(message.type, content))
            await _meet(arrival, work, partial(take, message, arrival, work), kind=submission.noun, content=content)

        return take

    return register


@service.on_malformed_submission
async def refuse_malformed(malformed: MalformedSubmission, work: Work) -> None:
    content = rules.malformed.content_of(malformed.body)
    arrival = _arrival(work, rules.submissions.digest_of_bytes(malformed.type, malformed.body))
    faults = [rules.malformed.legible(fault) for fault in malformed.faults]

    async def refuse() -> None:
        raise Refused(await faults_by_contract_and_rules(content, faults, arrival, work))

    await _meet(arrival, work, refuse, kind=rules.malformed.kind(malformed.routing_key), content=content)


async def _meet(
    arrival: Arrival, work: Work, admit: Callable[[], Awaitable[None]], *, kind: str, content: object
) -> None:
    sender = work.sender or ""
    not_theirs = rules.submissions.faults_in_sender(sender, arrival.source, arrival.type)
    if not_theirs:
        # Neither the id nor the people it names are this sender's to speak of: nothing is registered, nobody is named.
        _say_refused(arrival.id, sender, kind, rules.submissions.one_a_field(not_theirs), {}, work)
        return
    first = await store.submissions.claim(work.connection, arrival, at=work.now)
    if first == arrival.digest:
        return
    try:
        if first is not None:
            raise Refused([rules.submissions.EVENT_ID_USED])
        await admit()
    except Refused as refused:
        if first is None:
            await store.submissions.refuse(work.connection, arrival, refused.faults)
        _say_refused(arrival.id, sender, kind, refused.faults, await _named(content, work), work)


def _say_refused(
    submission_id: str, source: str, kind: str, faults: Sequence[Fault], ids: dict[str, str], work: Work
) -> None:
    refusal: dict[str, Any] = {
        "submission_id": submission_id,
        "source": source,
        "kind": kind,
        "faults": list(faults),
        "refused_at": work.now,
    }
    work.publish(SubmissionRefused.model_validate(refusal | ids))


async def _named(content: object, work: Work) -> dict[str, str]:
    """The ids that a submission names; people only where they are known, so that whoever hears it can wait for them."""
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
