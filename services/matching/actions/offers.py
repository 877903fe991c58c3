"""Students reply to their offers; an offer without a reply is declined by default."""

from services.matching import store
from services.matching.actions.applications import find_offered_to_change
from services.matching.actions.changes import carry_out
from services.matching.messages import OfferExpires
from services.matching.rules import endings
from services.matching.rules.endings import Reply
from shared.runtime.work import Work


async def reply_to_offer(application_id: str, reply: Reply, work: Work) -> None:
    """Accept or decline an offer; the same reply again changes nothing.

    Raises `NotAllowed`, with what became of the offer, if it no longer takes this reply.
    """
    application = await find_offered_to_change(application_id, work)
    others = await store.applications.of_same_student(work.connection, application)
    await carry_out(endings.reply(application, reply, others, now=work.now), work)


async def decline_by_default(timer: OfferExpires, work: Work) -> None:
    """Decline an offer to which nobody replied in time."""
    application = await store.applications.find(work.connection, timer.application_id)
    if application:
        await carry_out(endings.expire(application, now=work.now), work)
