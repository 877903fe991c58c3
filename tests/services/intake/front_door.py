"""A running intake, with helpers for what its users and other services do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import aio_pika
import httpx

from shared.broker.topology import SUBMISSIONS
from shared.contracts.envelope import Envelope, identity
from shared.contracts.intake import SubmissionRefused
from shared.contracts.message import Submission
from shared.contracts.screening import ProjectApproved
from shared.contracts.submissions import ProjectProposal
from tests.support.intake import (
    OPENS,
    SUBMISSIONS_OPEN,
    a_calendar,
    a_form,
    a_host_record,
    a_pdf,
    a_proposal,
    a_student_record,
)
from tests.support.running import TOKENS, RunningService

PORTAL = {"Authorization": f"Bearer {TOKENS['careers-portal']}"}


@dataclass
class FrontDoor:
    """A running intake, with the steps that most tests take."""

    intake: RunningService

    async def schedule(self, **changes: Any) -> httpx.Response:
        """Staff set a round."""
        return await self.intake.http.post("/rounds", json=a_calendar(**changes).model_dump(mode="json"))

    async def change(self, **changes: Any) -> httpx.Response:
        """Staff change the round that `schedule` sets."""
        return await self.intake.http.put("/rounds/trinity-2027", json=a_calendar(**changes).model_dump(mode="json"))

    async def register(self, *student_ids: str) -> None:
        """Register one host and these students."""
        await self.intake.submit("customer-relations", a_host_record())
        for student_id in student_ids:
            await self.intake.submit("student-records", a_student_record(student_id=student_id))

    async def propose(self, *, time: datetime = SUBMISSIONS_OPEN, **changes: Any) -> str:
        return await self.intake.submit("customer-relations", a_proposal(**changes), time=time)

    async def approve(self, proposal: ProjectProposal) -> None:
        """Screening approves the revision."""
        await self.intake.receive(
            ProjectApproved(
                project_id=proposal.project_id,
                revision=proposal.revision,
                round_id="trinity-2027",
                host_id=proposal.host_id,
                title=proposal.title,
                places=proposal.places,
                week=proposal.week,
                days=proposal.days,
                starts_on=proposal.starts_on,
                ends_on=proposal.starts_on + timedelta(days=proposal.days - 1),
            )
        )

    async def open_applications(self, *student_ids: str, **changes: Any) -> None:
        """Set up a round, an approved project and students, and step the clock to the opening of applications."""
        await self.schedule(**changes)
        await self.register(*student_ids)
        await self.propose()
        await self.approve(a_proposal())
        self.intake.clock.step_to(OPENS)

    async def send_cv(self, data: bytes | None = None) -> UUID:
        """The careers portal sends a document; returns its id."""
        answer = await self.post_document(data or a_pdf())
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["document_id"])

    async def post_document(self, data: bytes, **options: Any) -> httpx.Response:
        return await self.intake.http.post("/documents", files={"file": ("cv.pdf", data)}, headers=PORTAL, **options)

    async def apply(self, *, identifier: str | None = None, time: datetime | None = None, **changes: Any) -> str:
        """A student applies with a CV of their own."""
        cv = changes.pop("cv", None) or await self.send_cv()
        return await self.intake.submit("careers-portal", a_form(cv=cv, **changes), identifier=identifier, time=time)

    async def submit_raw(
        self,
        routing_key: str,
        submission: type[Submission],
        body: bytes,
        *,
        source: str | None = None,
        identifier: str = "evt-1",
        time: datetime = SUBMISSIONS_OPEN,
    ) -> None:
        """Publish a body as it is, even one that no well-behaved system would send."""
        sender = routing_key.partition(".")[0]
        envelope = Envelope(id=identifier, source=source or sender, type=submission.type, time=time)
        self.intake.flight.expect(["intake"], identity(envelope, body, sender=sender))
        exchange = await self.intake.channel.get_exchange(SUBMISSIONS, ensure=False)
        await exchange.publish(aio_pika.Message(body, headers=dict(envelope.to_headers())), routing_key)
        await self.intake.quiet()

    async def refusals(self) -> dict[str, list[str]]:
        """The fields at fault of each refused submission, by its id."""
        return {
            refused.submission_id: [fault.field for fault in refused.faults]
            for refused in await self.intake.published(SubmissionRefused)
        }

    async def state_of(self, path: str) -> str:
        answer = await self.intake.http.get(path)
        state: str = answer.json()["state"]
        return state
