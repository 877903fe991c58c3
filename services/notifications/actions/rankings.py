"""Ask hosts to rank their applicants, remind them, and tell them about places left for a second round."""

from services.notifications import store
from services.notifications.actions.mails import send_after_commit
from services.notifications.messages import RankingReminder
from services.notifications.rules import rankings as rules
from shared.contracts.intake import ApplicationsClosed, RoundScheduled
from shared.contracts.matching import PlacesLeft, RankingReceived
from shared.contracts.rounds import second_round
from shared.runtime import NotYet, Work


async def keep_round(event: RoundScheduled, work: Work) -> None:
    """Keep a round's dates, and set a timer to remind its hosts shortly before rankings are due."""
    await store.copies.keep_round(work.connection, event)
    reminder = RankingReminder(round_id=event.round_id, rankings_due_at=event.rankings_due_at)
    work.publish(reminder, at=rules.remind_at(event.rankings_due_at))


async def keep_ranking(event: RankingReceived, work: Work) -> None:
    await store.copies.keep_ranking(work.connection, event)


async def ask_for_rankings(event: ApplicationsClosed, work: Work) -> None:
    """Ask each host to rank its applicants, once all applications that were received have arrived here."""
    if await store.known.count_applications(work.connection, event.round_id) < event.applications_received:
        raise NotYet("some of the round's applications are still on their way")
    await store.copies.close_round(work.connection, event)
    round_ = await store.known.round_(work.connection, event.round_id)
    if round_ is None:
        raise NotYet("the round is still on its way")
    await send_after_commit(rules.due(round_, await store.known.applicants(work.connection, event.round_id)), work)


async def remind_of_rankings(timer: RankingReminder, work: Work) -> None:
    round_ = await store.known.round_(work.connection, timer.round_id)
    if round_ and rules.reminder_matters(round_, timer.rankings_due_at):
        await store.known.remember_reminder(work.connection, round_)
        applicants = await store.known.applicants(work.connection, timer.round_id)
        await send_after_commit(rules.remind(round_, applicants), work)


async def notify_of_places_left(event: PlacesLeft, work: Work) -> None:
    await store.copies.keep_places_left(work.connection, event)
    second = await store.known.round_(work.connection, second_round(event.round_id))
    left = [project.project_id for project in event.projects]
    projects = await store.known.projects_in(work.connection, second_round(event.round_id), left)
    if second is None or len(projects) < len(left):
        raise NotYet("the second round, or one of the projects, is still on its way")
    await send_after_commit(rules.left(second, projects), work)
