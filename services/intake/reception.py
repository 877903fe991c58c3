"""How submissions are judged and taken, whether they came as messages or from our own pages."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import to_json

from services.intake import rules, store
from services.intake.rules.submissions import PAGES, Arrival, Refused
from shared.contracts.faults import Fault, faults_of
from shared.contracts.message import Submission
from shared.runtime.work import Work

SubmissionT = TypeVar("SubmissionT", bound=Submission)
Result = TypeVar("Result")
Taker = Callable[[SubmissionT, Arrival, Work], Awaitable[None]]
Judge = Callable[[SubmissionT, Arrival, Work], Awaitable[Result]]

_judges: dict[str, tuple[type[Submission], Judge[Any, Any]]] = {}


def judges(submission: type[SubmissionT]) -> Callable[[Judge[SubmissionT, Result]], Judge[SubmissionT, Result]]:
    """Register who judges a kind of submission by rules: it changes nothing and raises `Refused` with all faults."""

    def register(judge: Judge[SubmissionT, Result]) -> Judge[SubmissionT, Result]:
        _judges[submission.type] = submission, judge
        return judge

    return register


async def faults_by_contract_and_rules(
    content: object, broken: Sequence[Fault], arrival: Arrival, work: Work
) -> list[Fault]:
    """What breaks the contract, and what the rules say of the fields that keep it: all faults at once."""
    if arrival.type not in _judges:
        return list(broken)
    submission, judge = _judges[arrival.type]
    readable = rules.malformed.with_blanks(submission, content, broken)
    if readable is None:
        return list(broken)
    try:
        await judge(readable, arrival, work)
    except Refused as refused:
        return rules.malformed.together(broken, refused.faults)
    return list(broken)


async def judge_page(
    kind: type[SubmissionT], content: object, identifier: str, work: Work, *, sent_at: datetime
) -> tuple[SubmissionT | None, list[Fault]]:
    """The submission that a content from a page makes, and every fault that the door would name in it; nothing changes.

    `None` where the content breaks the contract.
    """
    try:
        submission = kind.from_json(to_json(content))
    except ValidationError as error:
        submission = None
        broken = faults_of(error.errors(include_url=False, include_context=False, include_input=False))
    else:
        broken = []
    arrival = _from_page(kind, content, identifier, sent_at)
    return submission, await faults_by_contract_and_rules(content, broken, arrival, work)


async def take_from_page(
    submission: SubmissionT, identifier: str, work: Work, *, sent_at: datetime, take: Taker[SubmissionT]
) -> None:
    """Take what somebody sent from a page, once under its id, and what it changes is locked.

    Raises `Refused` where it is not sound; it is known as refused then.
    """
    arrival = _from_page(type(submission), submission.model_dump(mode="json"), identifier, sent_at)
    if await store.submissions.claim(work.connection, arrival, at=work.now) is not None:
        return
    try:
        await take(submission, arrival, work)
    except Refused as refused:
        await store.submissions.refuse(work.connection, arrival, refused.faults)
        raise


def _from_page(kind: type[Submission], content: object, identifier: str, sent_at: datetime) -> Arrival:
    return Arrival(identifier, PAGES, kind.type, sent_at, rules.submissions.digest(kind.type, content))
