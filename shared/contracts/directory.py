"""Who publishes and subscribes to what: the five services and the outside systems, in one table.

Queues, bindings, the broker's users and permissions, and the published contracts are all made from it.
"""

from dataclasses import dataclass
from functools import cache

from shared.contracts.evaluation import SurveyAnswered, SurveyClosed, SurveyOpened, SurveyUnanswered
from shared.contracts.every_service import MessageFailed, QueueStuck
from shared.contracts.intake import (
    ApplicationReceived,
    ApplicationsClosed,
    ApplicationWithdrawn,
    HostRegistered,
    ProjectSubmitted,
    ProjectWithdrawn,
    RoundScheduled,
    StudentRegistered,
    SubmissionRefused,
)
from shared.contracts.matching import (
    ApplicationUnsuccessful,
    ApplicationWaitlisted,
    MatchMade,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
    PlacementCancelled,
    PlacementCompleted,
    PlacementConfirmed,
    PlacesLeft,
    RankingReceived,
)
from shared.contracts.message import Event, Message, Submission
from shared.contracts.notifications import EmailFailed, EmailSent, LinksRevoked
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned, ReviewOverdue
from shared.contracts.submissions import (
    ApplicationForm,
    ApplicationWithdrawal,
    HostRecord,
    ProjectProposal,
    ProjectWithdrawal,
    StudentRecord,
)


@dataclass(frozen=True)
class Card:
    """A service: its purpose, the events that only it publishes, and the events that it subscribes to."""

    name: str
    purpose: str
    publishes: tuple[type[Event], ...]
    subscribes_to: tuple[type[Event], ...]
    takes: tuple[type[Submission], ...] = ()
    """The submissions that it accepts; only intake, the front door, accepts any."""

    @property
    def may_publish(self) -> tuple[type[Event], ...]:
        """Every event that the service may publish: its own, and those that every service may publish."""
        return (*self.publishes, MessageFailed, QueueStuck)


@dataclass(frozen=True)
class OutsideSystem:
    """Another system of the university. Its routing keys begin with its name."""

    name: str
    purpose: str
    sends: tuple[type[Submission], ...]

    def routing_key(self, submission: type[Submission]) -> str:
        return f"{self.name}.{submission.noun}"


INTAKE = Card(
    name="intake",
    purpose="the front door: rounds, hosts, students, projects, applications",
    publishes=(
        RoundScheduled,
        HostRegistered,
        StudentRegistered,
        ProjectSubmitted,
        ProjectWithdrawn,
        ApplicationReceived,
        ApplicationWithdrawn,
        SubmissionRefused,
        ApplicationsClosed,
    ),
    subscribes_to=(
        ProjectApproved,
        ProjectReturned,
        ProjectDeclined,
        PlacesLeft,
        OfferMade,
        OfferDeclined,
        PlacementConfirmed,
        PlacementCancelled,
        LinksRevoked,
    ),
    takes=(
        HostRecord,
        StudentRecord,
        ProjectProposal,
        ProjectWithdrawal,
        ApplicationForm,
        ApplicationWithdrawal,
    ),
)

SCREENING = Card(
    name="screening",
    purpose="is this project suitable, scoped, supervised?",
    publishes=(ProjectApproved, ProjectReturned, ProjectDeclined, ReviewOverdue),
    subscribes_to=(RoundScheduled, HostRegistered, ProjectSubmitted, ProjectWithdrawn, LinksRevoked),
)

MATCHING = Card(
    name="matching",
    purpose="rankings, the match, offers, placements",
    publishes=(
        RankingReceived,
        MatchMade,
        OfferMade,
        OfferAccepted,
        OfferDeclined,
        ApplicationWaitlisted,
        ApplicationUnsuccessful,
        PlacementConfirmed,
        PlacementCancelled,
        PlacementCompleted,
        PlacesLeft,
    ),
    subscribes_to=(
        RoundScheduled,
        HostRegistered,
        StudentRegistered,
        ProjectSubmitted,
        ProjectApproved,
        ProjectWithdrawn,
        ApplicationReceived,
        ApplicationWithdrawn,
        ApplicationsClosed,
        LinksRevoked,
    ),
)

NOTIFICATIONS = Card(
    name="notifications",
    purpose="who is told what, by e-mail",
    publishes=(EmailSent, EmailFailed, LinksRevoked),
    subscribes_to=(
        RoundScheduled,
        HostRegistered,
        StudentRegistered,
        ProjectSubmitted,
        ProjectWithdrawn,
        ProjectApproved,
        ProjectReturned,
        ProjectDeclined,
        ReviewOverdue,
        ApplicationReceived,
        ApplicationWithdrawn,
        SubmissionRefused,
        ApplicationsClosed,
        RankingReceived,
        PlacesLeft,
        OfferMade,
        OfferDeclined,
        ApplicationWaitlisted,
        ApplicationUnsuccessful,
        PlacementConfirmed,
        PlacementCancelled,
        SurveyOpened,
        SurveyUnanswered,
        MessageFailed,
        QueueStuck,
    ),
)

EVALUATION = Card(
    name="evaluation",
    purpose="surveys, and reports of their answers",
    publishes=(SurveyOpened, SurveyUnanswered, SurveyAnswered, SurveyClosed),
    subscribes_to=(
        RoundScheduled,
        HostRegistered,
        StudentRegistered,
        ProjectSubmitted,
        PlacementCompleted,
        LinksRevoked,
    ),
)

SERVICES = (INTAKE, SCREENING, MATCHING, NOTIFICATIONS, EVALUATION)

OUTSIDE_SYSTEMS = (
    OutsideSystem(
        name="customer-relations",
        purpose="knows the hosts and sends their proposals",
        sends=(HostRecord, ProjectProposal, ProjectWithdrawal),
    ),
    OutsideSystem(name="student-records", purpose="knows the students", sends=(StudentRecord,)),
    OutsideSystem(
        name="careers-portal",
        purpose="where students apply",
        sends=(ApplicationForm, ApplicationWithdrawal),
    ),
)


@cache
def subscribers(event: type[Event]) -> tuple[str, ...]:
    """The names of the services that subscribe to an event."""
    return tuple(card.name for card in SERVICES if event in card.subscribes_to)


def publishers(message: type[Message]) -> tuple[str, ...]:
    """The names of the services or outside systems that publish a message."""
    services = (card.name for card in SERVICES if message in card.may_publish)
    systems = (system.name for system in OUTSIDE_SYSTEMS if message in system.sends)
    return (*services, *systems)


def published_messages() -> tuple[type[Message], ...]:
    """Every message of the published contracts, without duplicates."""
    submissions = (submission for system in OUTSIDE_SYSTEMS for submission in system.sends)
    events = (event for card in SERVICES for event in card.may_publish)
    return tuple(dict.fromkeys((*submissions, *events)))


def outside_system(name: str) -> OutsideSystem | None:
    return next((system for system in OUTSIDE_SYSTEMS if system.name == name), None)
