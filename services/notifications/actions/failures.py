"""Tell staff about failures, with one mail for many of a kind, and about a stuck queue."""

from services.notifications import store
from services.notifications.actions.mails import send_after_commit
from services.notifications.messages import MoreFailures
from services.notifications.rules import failures as rules
from shared.contracts.every_service import MessageFailed, QueueStuck
from shared.runtime import Work


async def notify_of_failure(event: MessageFailed, work: Work) -> None:
    """Tell staff about the first failure of a kind at once. Later ones are counted and summarised after a while."""
    mails = rules.failed(event)
    if mails and not await store.failures.add(work.connection, event.service, event.error):
        await send_after_commit(mails, work)
        more = MoreFailures(service_id=event.service, error=event.error)
        work.publish(more, at=work.now + rules.SUMMARISE_AFTER)


async def notify_of_more_failures(timer: MoreFailures, work: Work) -> None:
    more = await store.failures.end(work.connection, timer.service_id, timer.error)
    await send_after_commit(rules.more_failed(timer, more), work)


async def notify_of_stuck_queue(event: QueueStuck, work: Work) -> None:
    await send_after_commit(rules.stuck(event), work)
