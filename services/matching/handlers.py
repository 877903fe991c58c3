"""What matching hears, and what it does at its own moments.

Whoever changes what students and projects hold in a round locks `rounds.who_holds_what`, and so keeps others from it
meanwhile, and from the round that shares its places.
"""

from services.matching import service, store
from services.matching.allocation import carry_out, offer_places_on
from services.matching.messages import OfferExpires, OffersDue, PlacementEnds, SecondRoundOpens, WaitingListEnds
from services.matching.release import close_waiting_list, release_match, settle
from services.matching.rules import endings, rounds
from services.matching.rules.life import PROGRAMME
from services.matching.rules.rounds import who_holds_what
from shared.contracts.intake import (
    ApplicationReceived,
    ApplicationsClosed,
    ApplicationWithdrawn,
    HostRegistered,
    ProjectSubmitted,
    ProjectWithdrawn,
    RoundScheduled,
    StudentRegistered,
)
from shared.contracts.message import subject
from shared.contracts.rounds import first_round, is_second_round
from shared.contracts.screening import ProjectApproved
from shared.runtime.service import NotYet
from shared.runtime.work import Work
from shared.web.revocations import heed_revocations

heed_revocations(service)


def it_and_its_round(
    message: ProjectApproved | ProjectWithdrawn | ApplicationWithdrawn | OfferExpires | PlacementEnds,
) -> tuple[str, ...]:
    return (message.subject, who_holds_what(message.round_id))


def its_places(message: RoundScheduled | OffersDue | WaitingListEnds | SecondRoundOpens) -> tuple[str, ...]:
    return (who_holds_what(message.round_id),)


def it_and_its_project(event: ApplicationReceived) -> tuple[str, ...]:
    """For a second round also who holds what: its student may be accepting a place of the first."""
    theirs = (who_holds_what(event.round_id),) if is_second_round(event.round_id) else ()
    return (event.subject, subject("project", event.project_id), *theirs)


@service.on(RoundScheduled, changes=its_places)
async def keep_round(event: RoundScheduled, work: Work) -> None:
    round_ = rounds.scheduled(event)
    if await store.rounds.keep(work.connection, round_):
        offers_due = OffersDue(round_id=round_.round_id, offers_at=round_.offers_at)
        work.publish(offers_due, at=round_.offers_at)
        list_ends = WaitingListEnds(round_id=round_.round_id, ends_at=round_.waiting_list_ends_at)
        work.publish(list_ends, at=round_.waiting_list_ends_at)
        if round_.is_second:
            work.publish(SecondRoundOpens(round_id=round_.round_id), at=round_.opens_at)


@service.on(HostRegistered)
async def keep_host(event: HostRegistered, work: Work) -> None:
    await store.people.keep_host(work.connection, event)


@service.on(StudentRegistered)
async def keep_student(event: StudentRegistered, work: Work) -> None:
    await store.people.keep_student(work.connection, event)


@service.on(ProjectSubmitted)
async def keep_template(event: ProjectSubmitted, work: Work) -> None:
    await store.projects.keep_template(work.connection, event)


@service.on(ProjectApproved, changes=it_and_its_round)
async def keep_project(event: ProjectApproved, work: Work) -> None:
    if await store.projects.keep(work.connection, event):
        await offer_places_on(work, event.round_id, event.project_id)


@service.on(ProjectWithdrawn, changes=it_and_its_round)
async def end_project(event: ProjectWithdrawn, work: Work) -> None:
    await store.projects.keep_withdrawal(work.connection, event.project_id, work.now)
    applications = await store.applications.to_project(work.connection, event.project_id)
    await carry_out(work, endings.withdraw_project(applications, event.reason, now=work.now))


@service.on(ApplicationReceived, changes=it_and_its_project)
async def receive_application(event: ApplicationReceived, work: Work) -> None:
    withdrawn, project_withdrawn = await store.applications.withdrawn_before(
        work.connection, event.application_id, event.project_id
    )
    placed = is_second_round(event.round_id) and await store.applications.is_placed(
        work.connection, event.student_id, first_round(event.round_id)
    )
    changes = endings.receive(
        event, withdrawn=withdrawn, project_withdrawn=project_withdrawn, placed=placed, now=work.now
    )
    if await store.applications.add(work.connection, changes[0].application):
        await carry_out(work, changes)


@service.on(ApplicationWithdrawn, changes=it_and_its_round)
async def end_application(event: ApplicationWithdrawn, work: Work) -> None:
    await store.applications.keep_withdrawal(work.connection, event.application_id, work.now)
    application = await store.applications.find(work.connection, event.application_id)
    if application:
        await carry_out(work, endings.withdraw(application, event.reason, now=work.now))


@service.on(ApplicationsClosed)
async def keep_closing(event: ApplicationsClosed, work: Work) -> None:
    await store.rounds.keep_closing(work.connection, event)


@service.on(SecondRoundOpens, changes=its_places)
async def open_second_round(timer: SecondRoundOpens, work: Work) -> None:
    await settle(work, timer.round_id)


@service.on(OffersDue, changes=its_places)
async def match_round(timer: OffersDue, work: Work) -> None:
    round_ = await store.rounds.find(work.connection, timer.round_id)
    if round_ is None or round_.matched_at or round_.offers_at != timer.offers_at:
        return
    setting = await store.policies.setting(work.connection, round_.round_id)
    if setting.held:
        return
    facts = await store.rounds.facts_for_match(work.connection, round_.round_id)
    if facts.still_on_their_way:
        raise NotYet(facts.still_on_their_way)
    await release_match(work, round_, setting.policy, by=PROGRAMME)


@service.on(OfferExpires, changes=it_and_its_round)
async def decline_by_default(timer: OfferExpires, work: Work) -> None:
    application = await store.applications.find(work.connection, timer.application_id)
    if application:
        await carry_out(work, endings.expire(application, now=work.now))


@service.on(WaitingListEnds, changes=its_places)
async def end_waiting_list(timer: WaitingListEnds, work: Work) -> None:
    round_ = await store.rounds.find(work.connection, timer.round_id)
    if round_ and round_.matched_at and round_.waiting_list_ends_at == timer.ends_at:
        await close_waiting_list(work, round_.round_id)


@service.on(PlacementEnds, changes=it_and_its_round)
async def complete_placement(timer: PlacementEnds, work: Work) -> None:
    application = await store.applications.find(work.connection, timer.application_id)
    if application:
        await carry_out(work, endings.complete(application, now=work.now))
