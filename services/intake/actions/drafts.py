"""A host writes the draft of a project step by step, and sends it."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import JsonValue

from services.intake import rules, store
from services.intake.actions.lookups import own_project
from services.intake.actions.submissions import check_page, take_page
from services.intake.rules.drafts import Draft, End
from services.intake.rules.projects import CORRECT
from services.intake.rules.template import Step
from shared.contracts.faults import Fault
from shared.contracts.message import subject
from shared.contracts.submissions import HostFacts, ProjectProposal
from shared.identifiers import new_id
from shared.refusals import NotAllowed, NotFound
from shared.runtime.work import Work


async def lock_draft(draft_id: UUID, host_id: str, work: Work) -> Draft:
    """Lock a host's draft, ended or not; raises `NotFound` for another host's draft."""
    await work.lock(subject("draft", str(draft_id)))
    draft = await store.drafts.find(work.connection, draft_id)
    if draft is None or draft.host_id != host_id:
        raise NotFound("You have no draft of this id.")
    return draft


async def begin_draft(host_id: str, work: Work) -> Draft:
    """A draft of a new project: an existing one that is still empty, else a new one."""
    await work.lock(subject("host", host_id))
    unsent = await store.drafts.written_by(work.connection, host_id)
    draft = next((each for each in unsent if not each.content), None)
    if draft is None:
        draft = rules.drafts.blank_draft(new_id(), host_id, now=work.now)
        await store.drafts.keep(work.connection, draft)
    return draft


async def begin_correction(project_id: str, host_id: str, work: Work) -> Draft:
    """The draft of a project's next revision: the existing one, else a new one filled in from the last revision."""
    await work.lock(subject("project", project_id))
    project = await own_project(project_id, host_id, work)
    if project.state not in CORRECT.before:
        raise NotAllowed(rules.projects.CORRECTED_TOO_LATE[project.state])
    written = await store.drafts.written_by(work.connection, host_id, project_id=project_id)
    draft = next(iter(written), None)
    if draft is None:
        draft = rules.drafts.correction(new_id(), project, now=work.now)
        await store.drafts.keep(work.connection, draft)
    return draft


async def offer_again(project_id: str, host_id: str, work: Work) -> Draft:
    """A draft of a new project, filled in from an earlier one."""
    draft = rules.drafts.offered_again(new_id(), await own_project(project_id, host_id, work), now=work.now)
    await store.drafts.keep(work.connection, draft)
    return draft


async def save_step(
    draft: Draft, step: Step, typed: Mapping[str, JsonValue], work: Work, *, seen: int, window: str
) -> Draft | None:
    """The draft with what was typed into a step.

    `None` if that would overwrite what another window has saved of the step since version `seen`: the host decides
    which of the two stays.
    """
    if rules.drafts.overwrites(draft, step, typed, seen=seen, window=window):
        return None
    saved = rules.drafts.saved(draft, step, typed, window=window, now=work.now)
    if saved is not draft:
        await store.drafts.keep(work.connection, saved)
    return saved


async def accept_obligations(draft: Draft, work: Work, *, are_accepted: bool, window: str) -> Draft:
    """The draft with the obligations accepted by the host's contact, or no longer accepted."""
    by = (await host_of(draft, work)).contact_name if are_accepted else None
    accepted = rules.drafts.accepted(draft, by, window=window, now=work.now)
    await store.drafts.keep(work.connection, accepted)
    return accepted


async def follow_project(draft: Draft, work: Work) -> None:
    """Make the draft a correction of the newest revision, if a revision was sent other than by this draft."""
    project = await store.projects.find(work.connection, draft.project_id)
    if project and project.revision >= draft.revision and not draft.ended:
        await store.drafts.keep(work.connection, rules.drafts.following(draft, project, now=work.now))


async def discard_draft(draft: Draft, work: Work) -> None:
    await store.drafts.keep(work.connection, rules.drafts.ended(draft, End.DISCARDED))


async def check_draft(draft: Draft, work: Work) -> tuple[ProjectProposal | None, list[Fault]]:
    """The draft as a proposal, `None` if it breaks the contract; and every fault for which it would be refused."""
    return await check_page(ProjectProposal, draft.proposal, str(draft.draft_id), work, sent_at=work.now)


async def send_draft(draft: Draft, work: Work) -> Draft:
    """Send the draft as a proposal; returns it ended, or unchanged if something is still at fault or not accepted."""
    await work.lock(subject("project", draft.project_id))
    proposal, faults = await check_draft(draft, work)
    if proposal is None or faults or draft.acceptance is None or not draft.is_accepted:
        return draft
    await take_page(proposal, str(draft.draft_id), work, sent_at=work.now)
    await store.drafts.keep_acceptance(work.connection, draft, draft.acceptance)
    sent = rules.drafts.ended(draft, End.SENT)
    await store.drafts.keep(work.connection, sent)
    return sent


async def host_of(draft: Draft, work: Work) -> HostFacts:
    known = await store.people.find_host(work.connection, draft.host_id)
    assert known is not None  # noqa: S101 - drafts refer to hosts
    return known.facts
