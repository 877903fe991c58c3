"""Tell whom it concerns about a refused submission."""

from services.notifications import store
from services.notifications.actions.mails import send_after_commit
from services.notifications.rules import refusals as rules
from shared.contracts.intake import SubmissionRefused
from shared.runtime import NotYet, Work


async def notify_of_refusal(event: SubmissionRefused, work: Work) -> None:
    concerned = await store.known.concerned(work.connection, event)
    if rules.is_incomplete(event, concerned):
        raise NotYet("the host or the student is still on its way")
    await send_after_commit(rules.refused(event, concerned, now=work.now), work)
