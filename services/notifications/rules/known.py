"""The copies of other services' facts, as the rules use them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from services.notifications.rules.mails import Mail, Recipient, Template
from shared.clock import LOCAL_TIME
from shared.contracts.rounds import is_second_round

DAYS_AFTER_A_ROUND: Final = 14
"""How long links are valid after a round's last day: as long as the surveys of both sides are open."""

DAYS_FROM_OFFERS_TO_LAST_DAY: Final = 70
"""Assumed for a round whose weeks are unknown, since its event was handled before mails had links."""

_LEVELS = {"UG": "undergraduate", "PGT": "taught postgraduate", "PGR": "research student"}


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which something may be sent: from `opens_at` until just before `closes_at`."""

    round: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """A round's dates.

    `last_day` is the last day of its placements, or `None` if its event was handled before mails had links. `closed_at`
    is when applications closed. `reminded_of` is the due date that hosts were last reminded of. `second` is when
    students may apply in its second round, if there is one.
    """

    round_id: str
    name: str
    submissions_open_at: datetime
    submissions_close_at: datetime
    opens_at: datetime
    closes_at: datetime
    rankings_due_at: datetime
    offers_at: datetime
    reply_within_days: int
    last_day: date | None
    closed_at: datetime | None = None
    reminded_of: datetime | None = None
    second: Window | None = None

    @property
    def links_end_at(self) -> datetime:
        """When a link to a person's pages ends: two weeks after the round's last day."""
        last_day = self.last_day or self.offers_at.date() + timedelta(days=DAYS_FROM_OFFERS_TO_LAST_DAY)
        first_day_without = last_day + timedelta(days=DAYS_AFTER_A_ROUND + 1)
        return datetime.combine(first_day_without, time(), LOCAL_TIME).astimezone(UTC)

    @property
    def submissions(self) -> Window | None:
        """When projects may be submitted; `None` for a second round, which accepts none."""
        if is_second_round(self.round_id):
            return None
        return Window(self.name, self.submissions_open_at, self.submissions_close_at)

    @property
    def applications(self) -> Window:
        return Window(self.name, self.opens_at, self.closes_at)


@dataclass(frozen=True, slots=True)
class Host:
    host_id: str
    organisation: str
    city: str
    contact_name: str
    contact_email: str

    @property
    def recipient(self) -> Recipient:
        return Recipient("host", self.host_id)


@dataclass(frozen=True, slots=True)
class Student:
    student_id: str
    name: str
    email: str
    level: str
    year: int
    discipline: str

    @property
    def studies(self) -> str:
        """`Mathematics, undergraduate, year 2`."""
        return f"{self.discipline}, {_LEVELS.get(self.level, self.level)}, year {self.year}"

    @property
    def recipient(self) -> Recipient:
        return Recipient("student", self.student_id)


@dataclass(frozen=True, slots=True)
class Project:
    """A project in its newest revision, with its host, a round that it takes part in, and its places in that round."""

    project_id: str
    title: str
    mode: str
    supervisor_name: str
    places: int
    starts_on: date
    days: int
    ranked: bool
    host: Host
    round: Round

    @property
    def ends_on(self) -> date:
        """The placement's last day. It is never after the Friday of its week, so all its days are consecutive."""
        return self.starts_on + timedelta(days=self.days - 1)

    @property
    def facts(self) -> dict[str, Any]:
        """What every mail about the project may state."""
        return {
            "project_id": self.project_id,
            "title": self.title,
            "mode": self.mode,
            "where": self.mode if self.mode == "remote" else f"{self.host.city}, {self.mode}",
            "supervisor": self.supervisor_name,
            "places": self.places,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "organisation": self.host.organisation,
            "round": self.round.name,
        }

    def to_host(self, template: Template, **facts: Any) -> Mail:
        """A mail to the host with the project's facts and these."""
        return Mail(template, self.host.recipient, self.facts | facts, self.round.links_end_at)


@dataclass(frozen=True, slots=True)
class Application:
    """An application with its student and its project. `placed`: it led to a placement."""

    application_id: str
    student: Student
    project: Project
    placed: bool

    @property
    def facts(self) -> dict[str, Any]:
        """What every mail about the application may state. The student's name is added only in mails to the host."""
        return self.project.facts | {"application_id": self.application_id}

    def to_student(self, template: Template, **facts: Any) -> Mail:
        """A mail to the student with the application's facts and these."""
        return Mail(template, self.student.recipient, self.facts | facts, self.project.round.links_end_at)

    def to_host(self, template: Template, **facts: Any) -> Mail:
        """A mail to the host with the application's facts and these."""
        return self.project.to_host(template, **self.facts | facts)


@dataclass(frozen=True, slots=True)
class Applicants:
    """An approved project, and the applications for it that were not withdrawn."""

    project: Project
    applications: tuple[Application, ...]
