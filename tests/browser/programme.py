"""A programme that people use through their browsers; at first, nothing is in it but who they are."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from pydantic import AnyHttpUrl

from ninthweek.demonstration.stage import Stage, stage_for
from ninthweek.demonstration.term import Expected, Script, Sent, Term
from ninthweek.servers.ports import free_port
from ninthweek.serving import listening
from ninthweek.settings import AdministratorUrls
from shared.contracts.submissions import HostRecord, StudentRecord
from shared.web.application import application
from shared.web.authentication import Authenticator
from shared.web.callers import Role
from shared.web.links import staff_link_url
from shared.web.settings import WebSettings
from tests.support.intake import a_calendar
from tests.support.visitors import SETTINGS


@dataclass(frozen=True)
class Programme:
    """All services at work, and where their pages and their mails are."""

    stage: Stage
    settings: WebSettings
    mails: Path

    async def register(self, *records: HostRecord | StudentRecord) -> None:
        """Have the university's other systems send records of people."""
        now = self.stage.clock()
        await self.stage.outside.publish(
            [
                Sent(type(record), f"record-{number}", now, record.model_dump(mode="json"))
                for number, record in enumerate(records)
            ]
        )
        await self.stage.quiet()

    async def step_to(self, moment: datetime) -> None:
        """Step the programme's time to a moment, stopping at every timer that is due before."""
        await self.stage.quiet()
        while (timer := await self.stage.next_timer()) and timer <= moment:
            self.stage.step_to(timer)
            await self.stage.quiet()
        self.stage.step_to(moment)
        await self.stage.quiet()

    async def link_in_mail(self, to: str, *, about: str) -> str:
        """The link in the last mail that somebody got with these words in its subject."""
        await self.stage.quiet()
        mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in self.mails.glob("*.eml")]
        fitting = [mail for mail in mails if to in str(mail["To"]) and about in str(mail["Subject"])]
        assert fitting, f"no mail about {about!r} to {to} among {[str(mail['Subject']) for mail in mails]}"
        text = max(fitting, key=lambda mail: mail["Date"].datetime).get_body(("plain",))
        assert text is not None
        link = re.search(rf"{re.escape(self.settings.origin)}/enter/\S+", text.get_content())
        assert link, f"no link in the mail about {about!r}"
        return link[0]

    def link_for_staff(self) -> str:
        return staff_link_url(Role.STAFF, self.settings, who="Sam")


@asynccontextmanager
async def programme(
    urls: AdministratorUrls, folder: Path, setenv: Callable[[str, str], None], begins_at: datetime
) -> AsyncIterator[Programme]:
    """A programme from this moment on, its documents and mails in the folder."""
    port = free_port()
    settings = SETTINGS.model_copy(update={"public_url": AnyHttpUrl(f"http://127.0.0.1:{port}")})
    setenv("PUBLIC_URL", settings.origin)
    setenv("SESSION_SECRET", settings.session_secret.get_secret_value())
    setenv("MAIL_FOLDER", str(folder / "mails"))
    setenv("DOCUMENTS_URL", (folder / "documents").as_uri())
    calendar = a_calendar(submissions_open_at=begins_at + timedelta(days=1))
    term = Term(folder, calendar, (), (), Script({}, {}, {}, {}), Expected())
    async with (
        stage_for(term, urls) as stage,
        listening(application(list(stage.replicas.values()), Authenticator({}, settings)), port),
    ):
        yield Programme(stage, settings, folder / "mails")
