"""Set, pause and remove rules for trusted hosts, and apply them to what these hosts submit."""

from collections.abc import Sequence

from services.screening import store
from services.screening.actions.staff import remember
from services.screening.rules import reviews
from services.screening.rules.approval import Terms, approving_rule, faults_in_terms
from services.screening.rules.deliberation import Person
from services.screening.rules.findings import Finding, Host
from services.screening.rules.reviews import Review
from shared.contracts.faults import Fault
from shared.contracts.message import subject
from shared.refusals import Invalid, NotAllowed, NotFound
from shared.runtime.work import Work


async def approve_by_rule(review: Review, host: Host | None, found: Sequence[Finding], work: Work) -> bool:
    """Approve a revision by the first rule that applies to it; returns whether one does."""
    rules = await store.approval_rules.of_host(work.connection, review.host_id)
    if not rules:
        return False
    revisions = await store.reviews.reviews_of_project(work.connection, review.project_id)
    past = [before for before in revisions if before.revision < review.revision]
    rule = approving_rule(rules, review, host, found, past, now=work.now)
    if rule is None:
        return False
    approved = review.moved(reviews.APPROVE_BY_RULE, now=work.now)
    await store.reviews.move(work.connection, approved)
    await store.approval_rules.note_approval(work.connection, rule, approved, work.now)
    work.publish(reviews.verdict_event(approved))
    return True


async def set_rule(terms: Terms, by: Person, work: Work, *, unreadable: Sequence[Fault] = ()) -> int:
    """Set a rule for what is submitted from now on; returns its id.

    Raises `Invalid` with every fault, among them those in `unreadable`: of fields that could not be read.
    """
    await remember(by, work)
    hosts = await store.copies.hosts(work.connection)
    rounds = await store.copies.rounds(work.connection)
    if faults := [*faults_in_terms(terms, hosts=hosts, rounds=rounds, now=work.now), *unreadable]:
        raise Invalid(faults)
    return await store.approval_rules.add(work.connection, terms, by_id=by.id, at=work.now)


async def pause_rule(rule_id: int, work: Work) -> None:
    """Pause a rule: it approves nothing until it is resumed."""
    await _lock_rule(rule_id, work)
    await store.approval_rules.pause(work.connection, rule_id, work.now)


async def resume_rule(rule_id: int, work: Work) -> None:
    """Resume a paused rule."""
    await _lock_rule(rule_id, work)
    await store.approval_rules.pause(work.connection, rule_id, None)


async def remove_rule(rule_id: int, by: Person, work: Work) -> None:
    """Remove a rule for good."""
    await remember(by, work)
    await _lock_rule(rule_id, work)
    await store.approval_rules.remove(work.connection, rule_id, by_id=by.id, at=work.now)


async def _lock_rule(rule_id: int, work: Work) -> None:
    """Lock a rule that is in force or paused; raises `NotFound`, or `NotAllowed` for a removed one."""
    await work.lock(subject("rule", str(rule_id)))
    removed = await store.approval_rules.is_removed(work.connection, rule_id)
    if removed is None:
        raise NotFound(f"There is no rule {rule_id}.")
    if removed:
        raise NotAllowed(f"Rule {rule_id} was removed for good: set another one.")
