"""New links to a person's pages, which belong to no round: when they end, and the mails with them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from services.notifications.rules.known import Round
from services.notifications.rules.mails import Mail, Recipient, Template

LEAST: Final = timedelta(days=14)
"""How long a link is valid at least, also if no round is in progress."""


def links_end_at(rounds: Iterable[Round], now: datetime) -> datetime:
    """When a link that is issued now ends: with the last round that has begun, but in two weeks at the earliest."""
    begun = (round_.links_end_at for round_ in rounds if round_.submissions_open_at <= now)
    return max((now + LEAST, *begun))


def new_links(people: Iterable[Recipient], rounds: Iterable[Round], now: datetime) -> list[Mail]:
    """A mail to each of these people with a link to all of their pages."""
    ends_at = links_end_at(rounds, now)
    return [Mail(Template.SIGN_IN_LINK, person, {"ends_at": ends_at}, ends_at) for person in people]
