"""What staff are told of failures, in one mail for those of a kind, and of a queue that gets no further."""

from services.notifications import store
from services.notifications.actions.mails import send_after_commit
from services.notifications.messages import MoreFailures
from services.notifications.rules import failures as rules
from shared.contracts.every_service import MessageFailed, QueueStuck
from shared.runtime import Work


async def tell_of_failure(event: MessageFailed, work: Work) -> None:
    """Tell of the first of its kind at once; those that follow soon are counted, and told together later."""
    mails = rules.failed(event)
    if mails and not await store.failures.add(work.connection, event.service, event.error):
        await send_after_commit(mails, work)
        more = MoreFailures(service_id=event.service, error=event.error)
        work.publish(more, at=work.now + rules.TOLD_TOGETHER)


async def tell_of_more_failures(timer: MoreFailures, work: Work) -> None:
    more = await store.failures.end(work.connection, timer.service_id, timer.error)
    await send_after_commit(rules.more_failed(timer, more), work)


async def tell_of_stuck_queue(event: QueueStuck, work: Work) -> None:
    await send_after_commit(rules.stuck(event), work)
