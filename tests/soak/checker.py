"""Compares what became of a term with what was submitted and published: nothing lost, done twice or unasked for."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tests.support.history import Report, judge


@dataclass(frozen=True, slots=True)
class Fact:
    """An event that a service published, as its outbox has it, and its subscribers."""

    service: str
    id: str
    type: str
    subject: str
    causation_id: str | None
    identity: UUID
    subscribers: tuple[str, ...]
    is_refusal: bool = False


@dataclass(frozen=True, slots=True)
class MailOnRecord:
    """A mail that notifications had to send, and the Message-ID that it recorded; none where the mail was refused."""

    about: str
    message_id: str | None


@dataclass(frozen=True)
class History:
    """All that is known of a term that was played to its end."""

    submissions: Mapping[str, int]
    """By event id, how many different contents were sent under it: each is to be answered."""
    facts: Collection[Fact]
    handled: Collection[tuple[str, UUID]]
    """Service and message: in the service's inbox, or among its failures."""
    handlings: Mapping[tuple[str, str], int]
    """By service and message id, how often its handler was called in a transaction that was committed."""
    failures: Mapping[tuple[str, str], str]
    """By service and message id, the error."""
    on_the_wire: Collection[str]
    """Ids of events that the broker carried."""
    mails: Collection[MailOnRecord]
    mails_taken: Mapping[str, int]
    """By Message-ID, how often the mail server took it."""
    poison: Collection[tuple[str, str]] = ()
    """Service and message id of what the monkey published for a service to keep among its failures."""
    wrong: Collection[str] = field(default_factory=tuple)
    """Whatever else is wrong, in words."""


def judge_term(history: History) -> Report:
    """The report of a term; its submissions are those of outside systems and of the monkey."""
    report = _answers(history) + _poison(history)
    return report + Report(
        lost=(*_not_handled(history), *_not_on_the_wire(history), *_mails_not_taken(history)),
        duplicated=(*_published_twice(history.facts), *_handled_twice(history)),
        unexpected=(*_published_by_nobody(history), *_mails_of_nobody(history), *history.wrong),
    )


def _answers(history: History) -> Report:
    """An answer is an event that intake published because of a submission.

    Where several contents were sent under one id, their answers are told apart by their number alone.
    """
    submitted = [f"{event_id} ({each})" for event_id, number in history.submissions.items() for each in range(number)]
    answers: dict[bool, list[str]] = {False: [], True: []}
    seen: Counter[str] = Counter()
    for fact in sorted(history.facts, key=lambda fact: fact.is_refusal):
        event_id = fact.causation_id
        if fact.service == "intake" and event_id is not None and event_id in history.submissions:
            which = min(seen[event_id], history.submissions[event_id] - 1)
            answers[fact.is_refusal].append(f"{event_id} ({which})")
            seen[event_id] += 1
    return judge(submitted, answers[False], answers[True])


def _poison(history: History) -> Report:
    """What was meant to be kept among the failures counts as refused; any other failure is unexpected."""
    poison = {(service, message_id): f"{message_id} at {service}" for service, message_id in history.poison}
    failed = [
        poison.get((service, message_id), f"{message_id} at {service}: {error}")
        for (service, message_id), error in history.failures.items()
    ]
    return judge(poison.values(), [], failed)


def _not_handled(history: History) -> Iterator[str]:
    handled = frozenset(history.handled)
    for fact in history.facts:
        for subscriber in fact.subscribers:
            if (subscriber, fact.identity) not in handled:
                yield f"{_name(fact)} was not handled by {subscriber}"


def _not_on_the_wire(history: History) -> Iterator[str]:
    seen = frozenset(history.on_the_wire)
    return (f"{_name(fact)} was not on the wire" for fact in history.facts if fact.id not in seen)


def _mails_not_taken(history: History) -> Iterator[str]:
    for mail in history.mails:
        if mail.message_id is not None and mail.message_id not in history.mails_taken:
            yield f"the mail {mail.about} was not taken"


def _published_twice(facts: Iterable[Fact]) -> Iterator[str]:
    """One message brings about one event of a type on a subject, at most."""
    brought_about = Counter(
        (fact.service, fact.type, fact.subject, fact.causation_id) for fact in facts if fact.causation_id is not None
    )
    for (service, type_, subject, causation_id), number in brought_about.items():
        if number > 1:
            yield f"{type_} of {subject} was published {number} times by {service} because of {causation_id}"


def _handled_twice(history: History) -> Iterator[str]:
    for (service, message_id), number in history.handlings.items():
        if number > history.submissions.get(message_id, 1):
            yield f"{message_id} was handled {number} times by {service}"


def _published_by_nobody(history: History) -> Iterator[str]:
    known = {fact.id for fact in history.facts} | {message_id for _, message_id in history.poison}
    return (f"{each} was on the wire, and in no outbox" for each in sorted(set(history.on_the_wire) - known))


def _mails_of_nobody(history: History) -> Iterator[str]:
    """A second Message-ID for one cause, recipient and template would be one that no record has."""
    known = {mail.message_id for mail in history.mails}
    return (f"the mail {each} was taken, and is on no record" for each in sorted(set(history.mails_taken) - known))


def _name(fact: Fact) -> str:
    return f"{fact.type} of {fact.subject} ({fact.id})"
