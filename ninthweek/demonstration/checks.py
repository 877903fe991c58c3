"""What must hold of every term that was played, whatever its outcome."""

from collections import Counter
from collections.abc import Collection, Iterator

from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.outcome import Outcome, differences
from ninthweek.demonstration.stage import Stage
from ninthweek.demonstration.term import Sent, Term
from ninthweek.settings import AdministratorUrls
from ninthweek.staff_tools.queues import states
from services.matching import store
from services.matching.rules.history import violations
from shared.contracts.intake import ApplicationReceived, ApplicationWithdrawn, RoundScheduled
from shared.contracts.matching import ApplicationUnsuccessful, OfferDeclined, PlacementCancelled, PlacementCompleted
from shared.contracts.screening import ProjectApproved
from shared.database.connection import acquire
from shared.runtime.replica import Replica

ENDS = (ApplicationWithdrawn, ApplicationUnsuccessful, OfferDeclined, PlacementCancelled, PlacementCompleted)
"""The events that end an application."""


async def what_is_wrong(term: Term, stage: Stage, outcome: Outcome) -> list[str]:
    """All that is wrong with a term that was played to its end, in words; empty where nothing is."""
    chronicle = stage.chronicle
    return [
        *_unanswered(chronicle, (*term.records, *term.submissions)),
        *without_end(chronicle),
        *await what_is_wrong_by_now(stage, outcome),
        *differences(outcome, term.expected),
    ]


async def what_is_wrong_by_now(stage: Stage, outcome: Outcome) -> list[str]:
    """All that is wrong with a term that was played so far: what must hold at any moment."""
    return [
        *too_many_placements(stage.chronicle, outcome),
        *await _wrong_in_match(stage.chronicle, stage.replicas["matching"]),
        *await _left_behind(stage.urls),
    ]


def _unanswered(chronicle: Chronicle, sent: Collection[Sent]) -> Iterator[str]:
    answered = {record.envelope.causation_id for record in chronicle.everything}
    for event_id in sorted({each.event_id for each in sent} - answered):
        yield f"the submission {event_id} was neither accepted nor refused"


def without_end(chronicle: Chronicle) -> Iterator[str]:
    """The applications that were received and have come to no end, in words."""
    ended = {record.event.application_id for record in chronicle.everything if isinstance(record.event, ENDS)}
    for event in chronicle.of(ApplicationReceived):
        if event.application_id not in ended:
            yield f"the application {event.application_id} has come to no end"


def too_many_placements(chronicle: Chronicle, outcome: Outcome) -> Iterator[str]:
    """Students with several placements, and projects with more than places, in words."""
    held = [placement for placement in outcome.placements if placement.status != "cancelled"]
    for student_id, number in Counter(placement.student_id for placement in held).items():
        if number > 1:
            yield f"the student {student_id} has {number} placements"
    places = {event.project_id: event.places for event in chronicle.of(ProjectApproved)}
    for project_id, number in Counter(placement.project_id for placement in held).items():
        if number > places.get(project_id, 0):
            yield f"the project {project_id} has {number} placements and {places.get(project_id, 0)} places"


async def _wrong_in_match(chronicle: Chronicle, matching: Replica) -> list[str]:
    """What is wrong with the match, by matching's own record of every step: match, later offers, ends."""
    async with acquire(matching.pool) as connection:
        rounds = {event.round_id for event in chronicle.of(RoundScheduled)}
        histories = [await store.history_of_round(connection, round_id) for round_id in sorted(rounds)]
    return [violation for history in histories for violation in violations(history)]


async def _left_behind(urls: AdministratorUrls) -> list[str]:
    """Messages that nobody could handle, or that the broker gave up delivering."""
    return [
        f"{state.service}: {number} messages are {where}"
        for state in await states(urls)
        for number, where in ((state.failures, "among the failures"), (state.dead_letters, "dead letters"))
        if number
    ]
