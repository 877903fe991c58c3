"""Events that matching subscribes to, and a round that runs by matching's rules alone: no database, no broker."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.matching.rules import endings, offers, replacements, rounds
from services.matching.rules.endings import Reply
from services.matching.rules.history import Applied, RecordedStep, RoundHistory
from services.matching.rules.life import HOLDS_A_PLACE, STANDS, Application, Canceller, Change, Days, State
from services.matching.rules.policies import Policy
from services.matching.rules.rankings import Project
from shared.contracts.intake import ApplicationReceived, ApplicationsClosed, ApplicationWithdrawn, RoundScheduled
from shared.contracts.screening import ProjectApproved
from tests.support.examples import ROUND, round_scheduled

OFFERS_AT = datetime(2027, 5, 21, 8, tzinfo=UTC)
REPLY_BY = OFFERS_AT + timedelta(days=3)
CUT_OFF = datetime(2027, 6, 6, 23, tzinfo=UTC)
DAYS = Days(date(2027, 6, 21), date(2027, 6, 25))

SECOND_ROUND = f"{ROUND}.2"
SECOND_OPENS_AT = OFFERS_AT + timedelta(days=4)
"""By then the first offers have been answered, and the offers that followed from the answers are still open."""
SECOND_OFFERS_AT = SECOND_OPENS_AT + timedelta(days=5)


def project_approved(project_id: str = "P1", **changes: Any) -> ProjectApproved:
    facts: dict[str, Any] = {
        "project_id": project_id,
        "revision": 1,
        "round_id": ROUND,
        "host_id": f"H-{project_id}",
        "title": "A small tool for river health",
        "places": 1,
        "week": 9,
        "days": 5,
        "starts_on": DAYS.starts_on,
        "ends_on": DAYS.ends_on,
    }
    return ProjectApproved(**facts | changes)


def application_received(student_id: str, project_id: str, preference: int = 1, **changes: Any) -> ApplicationReceived:
    """An application whose id is made of those of its student and its project: `S1-P1`."""
    facts: dict[str, Any] = {
        "application_id": f"{student_id}-{project_id}",
        "round_id": ROUND,
        "student_id": student_id,
        "project_id": project_id,
        "host_id": f"H-{project_id}",
        "preference": preference,
        "cv": UUID("01990a4e-7c00-7000-8000-000000000042"),
        "received_at": datetime(2027, 5, 1, 12, tzinfo=UTC),
    }
    return ApplicationReceived(**facts | changes)


def application_withdrawn(student_id: str, project_id: str, **changes: Any) -> ApplicationWithdrawn:
    facts: dict[str, Any] = {
        "application_id": f"{student_id}-{project_id}",
        "round_id": ROUND,
        "student_id": student_id,
        "project_id": project_id,
    }
    return ApplicationWithdrawn(**facts | changes)


def applications_closed(received: int, **changes: Any) -> ApplicationsClosed:
    facts: dict[str, Any] = {
        "round_id": ROUND,
        "applications_received": received,
        "closed_at": datetime(2027, 5, 10, 11, tzinfo=UTC),
    }
    return ApplicationsClosed(**facts | changes)


def second_round_scheduled(**changes: Any) -> RoundScheduled:
    facts: dict[str, Any] = {
        "round_id": SECOND_ROUND,
        "follows": ROUND,
        "name": "Trinity 2027, second round",
        "opens_at": SECOND_OPENS_AT,
        "closes_at": SECOND_OPENS_AT + timedelta(days=3),
        "rankings_due_at": SECOND_OFFERS_AT - timedelta(hours=1),
        "offers_at": SECOND_OFFERS_AT,
        "reply_within_days": 2,
        "applications_per_student": 1,
    }
    return round_scheduled(**facts | changes)


def second_application(student_id: str, project_id: str) -> ApplicationReceived:
    """An application of the second round: its id is the one that it would have in the first, and `.2`."""
    return application_received(
        student_id, project_id, application_id=f"{student_id}-{project_id}.2", round_id=SECOND_ROUND
    )


def application(student_id: str, project_id: str, preference: int = 1, **changes: Any) -> Application:
    """An application that stands and is ranked first, but for the `changes`."""
    (beginning,) = endings.receive(
        application_received(student_id, project_id, preference),
        withdrawn=False,
        project_withdrawn=False,
        now=OFFERS_AT,
    )
    facts: dict[str, Any] = {"rank": 1, "days": DAYS}
    return replace(beginning.application, **facts | changes)


@dataclass
class RoundInMemory:
    """A round that runs by matching's rules: it does on dictionaries what `handlers`, `allocation` and `store` do.

    Whenever places are offered on, it checks that a match of all that is free in the whole round would offer the same.
    """

    places: dict[str, int]
    now: datetime = OFFERS_AT - timedelta(days=1)
    matched: bool = False
    policy: Policy = Policy.STABLE
    applications: dict[str, Application] = field(default_factory=dict)
    withdrawn_applications: set[str] = field(default_factory=set)
    withdrawn_projects: set[str] = field(default_factory=set)
    steps: list[RecordedStep] = field(default_factory=list)
    causes: int = 0

    def receive(self, event: ApplicationReceived) -> None:
        changes = endings.receive(
            event,
            withdrawn=event.application_id in self.withdrawn_applications,
            project_withdrawn=event.project_id in self.withdrawn_projects,
            now=self.now,
        )
        if event.application_id not in self.applications:
            self.applications[event.application_id] = replace(changes[0].application, days=DAYS)
            self._carry_out(changes)

    def rank(self, project_id: str, application_ids: Sequence[str]) -> None:
        for each in self._to_project(project_id):
            place = application_ids.index(each.application_id) + 1 if each.application_id in application_ids else None
            self.applications[each.application_id] = replace(each, rank=place)

    def make_match(self, policy: Policy = Policy.STABLE) -> None:
        self.policy = policy
        standing = [each for each in self.applications.values() if each.state in STANDS]
        places = {project: free for project, free in self.places.items() if project not in self.withdrawn_projects}
        self.matched = True
        self._carry_out(offers.make_match(standing, places, policy, now=self.now, reply_by=self._reply_by))

    def reply(self, application_id: str, reply: Reply) -> None:
        replying = self.applications[application_id]
        others = [
            each
            for each in self.applications.values()
            if each.student_id == replying.student_id and each.application_id != application_id
        ]
        self._carry_out(endings.reply(replying, reply, others, now=self.now))

    def expire(self, application_id: str) -> None:
        self._carry_out(endings.expire(self.applications[application_id], now=self.now))

    def withdraw(self, application_id: str) -> None:
        self.withdrawn_applications.add(application_id)
        if application_id in self.applications:
            self._carry_out(endings.withdraw(self.applications[application_id], "", now=self.now))

    def withdraw_project(self, project_id: str) -> None:
        self.withdrawn_projects.add(project_id)
        self._carry_out(endings.withdraw_project(self._to_project(project_id), "", now=self.now))

    def cancel(self, application_id: str, by: Canceller) -> None:
        self._carry_out(endings.cancel(self.applications[application_id], by, "", now=self.now))

    def candidates(self, project_id: str) -> list[Application]:
        """Who may be offered a place of a project by hand."""
        holders = {each.student_id for each in self.applications.values() if each.state in HOLDS_A_PLACE}
        return replacements.candidates(self._to_project(project_id), matched={ROUND}, holders=holders)

    def replace(self, application_id: str, chosen: Application) -> None:
        """A placement makes way for another, of the same project."""
        cancellation = replacements.cancel_for(self.applications[application_id], "", now=self.now)
        self._carry_out([cancellation, self._by_hand(chosen, replaces=True)])

    def offer_by_hand(self, chosen: Application) -> None:
        self._carry_out([self._by_hand(chosen, replaces=False)])

    def complete(self, application_id: str) -> None:
        self._carry_out(endings.complete(self.applications[application_id], now=self.now))

    def end_waiting_list(self) -> None:
        self.now = max(self.now, CUT_OFF)
        self._carry_out(endings.end_waiting_list(self.applications.values(), now=self.now))

    def in_state(self, *states: State) -> list[str]:
        return [each.application_id for each in self.applications.values() if each.state in states]

    def _by_hand(self, chosen: Application, *, replaces: bool) -> Change:
        project = chosen.project_id
        return replacements.offer_by_hand(
            chosen,
            Project(project, ROUND, chosen.host_id, "", self.places[project], project in self.withdrawn_projects),
            [rounds.scheduled(round_scheduled())],
            held=sum(each.state in HOLDS_A_PLACE for each in self._to_project(project)) - replaces,
            replaces=replaces,
            reason="",
            now=self.now,
        )

    @property
    def history(self) -> RoundHistory:
        ranked = [each for each in self.applications.values() if each.rank is not None]
        ranked.sort(key=lambda each: each.rank or 0)
        return RoundHistory(
            waiting_list_ends_at=CUT_OFF,
            policy=self.policy,
            places=self.places,
            rankings={
                project: [each.application_id for each in ranked if each.project_id == project]
                for project in self.places
            },
            applications={
                each.application_id: Applied(each.student_id, each.project_id, each.wish)
                for each in self.applications.values()
            },
            steps=self.steps,
        )

    @property
    def _reply_by(self) -> datetime:
        return self.now + timedelta(days=3)

    def _carry_out(self, changes: Sequence[Change]) -> None:
        self.causes += 1
        self._record(changes)
        freed = [change.application for change in changes if change.frees_a_place]
        if freed and self.matched and self.now < CUT_OFF:
            self._offer_on({each.project_id for each in freed}, {each.student_id for each in freed})

    def _offer_on(self, project_ids: Collection[str], student_ids: Collection[str]) -> None:
        holding = {each.student_id for each in self.applications.values() if each.state in HOLDS_A_PLACE}
        free_anywhere = [
            each
            for each in self.applications.values()
            if each.state in STANDS and each.rank is not None and each.student_id not in holding
        ]
        in_line = [each for each in free_anywhere if each.project_id in project_ids or each.student_id in student_ids]
        changes = self._offers(in_line)
        assert _offered(changes) == _offered(self._offers(free_anywhere))
        self._record(changes)

    def _offers(self, in_line: Collection[Application]) -> list[Change]:
        free = {
            project: places - sum(each.state in HOLDS_A_PLACE for each in self._to_project(project))
            for project, places in self.places.items()
            if project not in self.withdrawn_projects
        }
        return offers.offer_on(in_line, free, now=self.now, reply_by=self._reply_by)

    def _record(self, changes: Sequence[Change]) -> None:
        for change in changes:
            known = self.applications[change.application.application_id]
            self.applications[known.application_id] = replace(
                known, state=change.application.state, offer=change.application.offer
            )
            self.steps.append(RecordedStep(known.application_id, str(self.causes), change.step))

    def _to_project(self, project_id: str) -> list[Application]:
        return [each for each in self.applications.values() if each.project_id == project_id]


def _offered(changes: Sequence[Change]) -> set[str]:
    return {change.application.application_id for change in changes if change.step.after is State.OFFERED}
