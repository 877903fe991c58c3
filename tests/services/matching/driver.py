"""A driver for tests of matching: one method for each thing that hosts, students and staff do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import httpx

from services.matching import store
from services.matching.rules import history
from shared.contracts.message import Event
from tests.support.examples import ROUND, round_scheduled
from tests.support.matching import OFFERS_AT, application_received, applications_closed, project_approved
from tests.support.running import RunningService


@dataclass
class Matching:
    """The running service, as its users see it."""

    service: RunningService

    async def receive(self, *events: Event) -> None:
        await self.service.receive(*events)

    async def prepare(
        self, wishes: Mapping[str, Sequence[str]], rankings: Mapping[str, Sequence[str]], **places: int
    ) -> None:
        """Prepare everything that comes before the match.

        `wishes` are each student's projects, the preferred one first. `rankings` are each project's students, best
        first. A project has one place unless `places` gives another number.
        """
        projects = sorted({project for wished in wishes.values() for project in wished})
        applications = [
            application_received(student, project, preference)
            for student, wished in wishes.items()
            for preference, project in enumerate(wished, start=1)
        ]
        await self.receive(
            round_scheduled(),
            *(project_approved(project, places=places.get(project, 1)) for project in projects),
            *applications,
            applications_closed(len(applications)),
        )
        for project, students in rankings.items():
            answer = await self.rank(project, [f"{student}-{project}" for student in students])
            assert answer.status_code == 200, answer.text

    async def match(
        self, wishes: Mapping[str, Sequence[str]], rankings: Mapping[str, Sequence[str]], **places: int
    ) -> None:
        """Prepare a round, and step to the moment when the first offers have just gone out."""
        await self.prepare(wishes, rankings, **places)
        await self.step_to(OFFERS_AT)

    async def step_to(self, moment: datetime) -> None:
        await self.service.step_to(moment)

    async def rank(self, project_id: str, application_ids: Sequence[str]) -> httpx.Response:
        body = {"application_ids": list(application_ids)}
        return await self.service.http.put(f"/rankings/{project_id}", json=body)

    async def reply(self, application_id: str, reply: str) -> httpx.Response:
        return await self.service.http.post(f"/offers/{application_id}/reply", json={"reply": reply})

    async def cancel(self, application_id: str, by: str, reason: str = "") -> httpx.Response:
        body = {"by": by, "reason": reason}
        return await self.service.http.post(f"/placements/{application_id}/cancellation", json=body)

    async def get(self, path: str, **filters: str) -> Any:
        answer = await self.service.http.get(path, params=filters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def offers(self, state: str = "open", round_id: str = ROUND) -> list[str]:
        return [offer["application_id"] for offer in await self.get("/offers", round_id=round_id, state=state)]

    async def placements(self) -> dict[str, str]:
        return {each["application_id"]: each["state"] for each in await self.get("/placements", round_id=ROUND)}

    async def violations(self, round_id: str = ROUND) -> list[str]:
        """The violations that the check of the round's history finds."""
        async with self.service.replicas[0].units_of_work.open() as work:
            return history.violations(await store.history_of_round(work.connection, round_id))


def twice_in_any_order(random: Random, *events: Event) -> list[Event]:
    return random.sample(events * 2, len(events) * 2)
