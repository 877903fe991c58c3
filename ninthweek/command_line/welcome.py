"""What `up` prints when it has started: where everything is, and links to sign in by."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console

from ninthweek.settings import AdministratorUrls
from shared.clock import LOCAL_TIME
from shared.web.authentication import Authenticator
from shared.web.callers import STAFF_ROLES, Link, PersonKind, Purpose
from shared.web.links import link_url, staff_link_url
from shared.web.settings import WebSettings

LINKS_LAST: Final = timedelta(days=30)
"""By the programme's clock. The session that a link opens ends earlier."""

Rows = Mapping[str, str]


def welcome(address: str, data: Path, rows: Rows, *, programme_time: datetime | None) -> None:
    """Print it. `programme_time` is given only for the data of a demonstration."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"\nninthweek runs at [bold]{address}[/] until Ctrl-C; its data is in {data}")
    if programme_time:
        console.print(f"It is {programme_time.astimezone(LOCAL_TIME):%a %d %b %Y %H:%M} in the programme.")
    console.print()
    for label, value in rows.items():
        console.print(f"  {label:<28} {value}", markup=False)
    console.print()


def sign_in_links(authenticator: Authenticator, people: Mapping[PersonKind, str], now: datetime) -> dict[str, str]:
    """A link for each kind of person, with a label.

    A link for staff, of which there are none where an OpenID provider is set, opens once. That of a person in `people`,
    which has an id for each kind, opens for a month. `now` is the programme's time.
    """
    return dict(_links(authenticator.settings, people, now))


def _links(settings: WebSettings, people: Mapping[PersonKind, str], now: datetime) -> Iterator[tuple[str, str]]:
    if settings.oidc_discovery_url is None:
        for role in STAFF_ROLES:
            yield f"sign in as {role}, once", staff_link_url(role, settings, who=role)
    for kind, person_id in people.items():
        link = Link(kind, person_id, Purpose.ALL_PAGES, issued_at=now, ends_at=now + LINKS_LAST, path="/")
        yield f"sign in as {kind} {person_id}", link_url(link, settings)


def tokens_and_addresses(authenticator: Authenticator, urls: AdministratorUrls) -> dict[str, str]:
    """The tokens of the HTTP API, the broker, and where mail goes."""
    return {
        **{f"token of {name}": token for name, token in authenticator.tokens.items()},
        "RabbitMQ": urls.amqp,
        "mails": os.environ.get("SMTP_URL") or os.environ["MAIL_FOLDER"],
    }
