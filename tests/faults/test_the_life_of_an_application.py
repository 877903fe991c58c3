"""Whatever order things come in, and whatever dies meanwhile: every application follows the rules, and ends.

A state machine of hypothesis plays small rounds against matching's real handlers, routes and tables, beside a model
that knows only what must be true. `LIVES=2000 pytest tests/faults/test_the_life_of_an_application.py` plays 2,000
rounds, other ones each time; a run of the suite plays the same few.
"""

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ninthweek.demonstration.clock import SteppedClock
from services.matching.rules.life import TRANSITIONS, State
from shared.contracts.intake import ApplicationReceived, ApplicationWithdrawn, ProjectWithdrawn
from shared.contracts.matching import MatchMade
from shared.contracts.message import Event, Message, type_registry
from shared.runtime.incoming import Incoming
from shared.runtime.store.suspects import MOST_DEATHS
from tests.faults.conftest import Ledger
from tests.faults.matching_without_broker import (
    Death,
    Fault,
    Happened,
    MatchingWithoutBroker,
    Trouble,
    delivery,
    matching_without_broker,
)
from tests.support.databases import TestDatabase
from tests.support.examples import ROUND, project_withdrawn, round_scheduled
from tests.support.history import judge
from tests.support.matching import (
    OFFERS_AT,
    application_received,
    application_withdrawn,
    applications_closed,
    project_approved,
)
from tests.support.servers import DATABASE

LIVES = "LIVES"
ROUNDS = settings(
    max_examples=int(os.environ.get(LIVES, "40")),
    stateful_step_count=40,
    derandomize=LIVES not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)

MOVES = {(each.name, before, each.after, each.by) for each in TRANSITIONS for before in each.before}
ENDS = frozenset(State) - {State.STANDING, State.WAITLISTED, State.OFFERED, State.CONFIRMED}
HOLDS_A_PLACE = {State.OFFERED, State.CONFIRMED, State.COMPLETED}
PLACED = {State.CONFIRMED, State.COMPLETED}

ANNOUNCED: dict[State, tuple[str, ...]] = {
    State.OFFERED: ("OfferMade",),
    State.WAITLISTED: ("ApplicationWaitlisted",),
    State.UNSUCCESSFUL: ("ApplicationUnsuccessful",),
    State.DECLINED: ("OfferDeclined",),
    State.EXPIRED: ("OfferDeclined",),
    State.RETRACTED: ("OfferDeclined",),
    State.CONFIRMED: ("OfferAccepted", "PlacementConfirmed"),
    State.CANCELLED: ("PlacementCancelled",),
    State.COMPLETED: ("PlacementCompleted",),
}
"""What is published when an application comes into a state; intake publishes that it was received or withdrawn."""

Result = TypeVar("Result")
Run = asyncio.Runner


@dataclass
class Model:
    """What is known for certain: what was answered and handled."""

    places: dict[str, int]
    received: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    withdrawn_projects: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    declined: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    ended: dict[str, str] = field(default_factory=dict)

    def handled(self, message: Message) -> None:
        match message:
            case ApplicationReceived():
                self.received.add(message.application_id)
            case ApplicationWithdrawn():
                self.withdrawn.add(message.application_id)
            case ProjectWithdrawn():
                self.withdrawn_projects.add(message.project_id)

    def check(self, happened: Happened) -> None:
        """Compare what happened with the model; raises `AssertionError`."""
        states = {identifier: State(state) for identifier, state in happened.states.items()}
        assert states.keys() == self.received
        assert happened.failures == []
        self._check_places(states)
        self._check_answers(states)
        for identifier, state in self.ended.items():
            assert states[identifier] == state, f"{identifier} had ended"
        self.ended = {identifier: state for identifier, state in states.items() if state in ENDS}
        check_steps(states, happened)

    def _check_places(self, states: dict[str, State]) -> None:
        given = Counter(project_of(identifier) for identifier, state in states.items() if state in HOLDS_A_PLACE)
        held = Counter(student_of(identifier) for identifier, state in states.items() if state in HOLDS_A_PLACE)
        assert all(number <= self.places[project] for project, number in given.items()), "too many places"
        assert all(number == 1 for number in held.values()), "a student holds two places"

    def _check_answers(self, states: dict[str, State]) -> None:
        for identifier in self.accepted:
            assert states[identifier] in {*PLACED, State.CANCELLED}
        for identifier in self.declined:
            assert states[identifier] is State.DECLINED
        for identifier in self.cancelled:
            assert states[identifier] is State.CANCELLED
        for identifier, state in states.items():
            if identifier in self.withdrawn or project_of(identifier) in self.withdrawn_projects:
                assert state in ENDS


def check_steps(states: dict[str, State], happened: Happened) -> None:
    """Check that each application came to its state by legal steps, each published once; raises `AssertionError`."""
    reached: dict[str, State | None] = {}
    announced: dict[str, Counter[str]] = defaultdict(Counter)
    for step in happened.steps:
        identifier, after = step["application_id"], State(step["state_after"])
        before = State(step["state_before"]) if step["state_before"] else None
        assert reached.get(identifier) == before
        assert (step["transition"], before, after, step["by"]) in MOVES
        reached[identifier] = after
        announced[identifier].update(ANNOUNCED.get(after, ()))
        if after is State.WITHDRAWN and before is State.OFFERED:
            announced[identifier].update(["OfferDeclined"])
    assert reached == states
    published: dict[str, Counter[str]] = defaultdict(Counter)
    for event in happened.published:
        if identifier := getattr(event, "application_id", None):
            published[identifier].update([type(event).__name__])
    assert {name: counter for name, counter in announced.items() if counter} == published
    assert sum(isinstance(event, MatchMade) for event in happened.published) <= 1


def student_of(application_id: str) -> str:
    return application_id.partition("-")[0]


def project_of(application_id: str) -> str:
    return application_id.partition("-")[2]


@dataclass
class InFlight:
    """A message that the broker has, and what became of it so far."""

    incoming: Incoming
    deaths: int = 0

    @property
    def message(self) -> Message:
        return type_registry[self.incoming.headers["ce-type"]].from_json(self.incoming.body)


class LifeOfARound(RuleBasedStateMachine):
    """A round of a few students and projects."""

    def __init__(self, matching: MatchingWithoutBroker, runner: Run, ledger: Ledger) -> None:
        super().__init__()
        self.matching = matching
        self.runner = runner
        self.ledger = ledger
        self.queue: list[InFlight] = []
        self.delivered: list[InFlight] = []
        self.applications: list[str] = []
        self.published = 0
        self.model = Model({})

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(coroutine)

    @initialize(
        wishes=st.lists(st.permutations(["P1", "P2", "P3"]), min_size=2, max_size=4),
        choices=st.integers(1, 3),
        places=st.fixed_dictionaries({project: st.integers(1, 2) for project in ("P1", "P2", "P3")}),
        so_far=st.sampled_from(["placed", "offered", "ranked", "nothing"]),
        rankings=st.randoms(use_true_random=False),
    )
    def begin(
        self, wishes: list[list[str]], choices: int, places: dict[str, int], so_far: str, rankings: Random
    ) -> None:
        """A round of which nothing has arrived, or that is ranked, or matched, or whose first offers are accepted."""
        self.run(self.matching.begin(SteppedClock(OFFERS_AT - timedelta(days=2))))
        self.model = Model(places)
        received = [
            application_received(f"S{student}", project, preference)
            for student, wished in enumerate(wishes)
            for preference, project in enumerate(wished[:choices], start=1)
        ]
        self.applications = [event.application_id for event in received]
        self.publish("intake", round_scheduled())
        for project, number in places.items():
            self.publish("screening", project_approved(project, places=number))
        for event in received:
            self.publish("intake", event)
        self.publish("intake", applications_closed(len(received)))
        if so_far == "nothing":
            return
        self._deliver(list(self.queue))
        for project in places:
            self._rank(project, rankings.sample(applied := self._applied_to(project), len(applied)))
        if so_far == "ranked":
            return
        self.matching.clock.step_to(OFFERS_AT)
        self._take_what_is_due()
        self._deliver(list(self.queue))
        if so_far == "placed":
            for identifier in self._in_states(State.OFFERED):
                self._reply(identifier, "accept")

    def publish(self, source: str, event: Event) -> None:
        self.published += 1
        identifier, at = f"event-{self.published}", self.matching.clock()
        self.queue.append(InFlight(delivery(event, source=source, identifier=identifier, at=at)))

    # What the broker does.

    @precondition(lambda self: self.queue)
    @rule(number=st.integers(1, 8))
    def deliver_in_order(self, number: int) -> None:
        """Several messages, as one group."""
        self._deliver(self.queue[:number])

    @precondition(lambda self: len(self.queue) > 1)
    @rule(data=st.data())
    def deliver_out_of_order(self, data: st.DataObject) -> None:
        self.ledger.injected("out of order")
        self._deliver([data.draw(st.sampled_from(self.queue[1:]))])

    @precondition(lambda self: self.delivered)
    @rule(data=st.data(), marked=st.booleans())
    def deliver_again(self, data: st.DataObject, marked: bool) -> None:
        self.ledger.injected("delivered again")
        again = data.draw(st.sampled_from(self.delivered))
        self.run(self.matching.deliver([replace(again.incoming, delivered_before=marked)]))

    @precondition(lambda self: self.queue)
    @rule(data=st.data(), at=st.integers(0, 12), after_commit=st.booleans())
    def die(self, data: st.DataObject, at: int, after_commit: bool) -> None:
        """The process dies while it handles a message, at a statement or after the commit; another begins."""
        candidates = [message for message in self.queue if message.deaths < MOST_DEATHS]
        if not candidates:
            return
        message = data.draw(st.sampled_from(candidates))
        self.ledger.injected("death")
        self.matching.trouble = Trouble(Death(), at, after_commit)
        try:
            self.run(self.matching.deliver([message.incoming]))
        except Death:
            self.matching.restart()
            message.deaths += 1
            message.incoming = replace(message.incoming, delivered_before=True)
            if after_commit:
                self.model.handled(message.message)
        else:
            self._arrived(message)
        self.matching.trouble = Trouble()
        self._take_what_is_due()

    @precondition(lambda self: self.queue)
    @rule(data=st.data(), at=st.integers(0, 12))
    def fail(self, data: st.DataObject, at: int) -> None:
        """A handler raises at one of its statements; what it failed on comes back."""
        message = data.draw(st.sampled_from(self.queue))
        if message.incoming.attempts >= 3:
            return
        self.ledger.injected("handler fails")
        self.queue.remove(message)
        self.matching.trouble = Trouble(Fault(), at)
        # What fails in a group is handled once more, alone, and would not fail again: this one is alone.
        self.run(self.matching.deliver([replace(message.incoming, delivered_before=True)]))
        self.matching.trouble = Trouble()
        self._take_what_is_due()

    # What people do.

    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        self._reply(self._application(data, State.OFFERED), "accept")

    @rule(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        self._reply(self._application(data, State.OFFERED), "decline")

    @rule(data=st.data())
    def rank(self, data: st.DataObject) -> None:
        project = data.draw(st.sampled_from(sorted(self.model.places)))
        self._rank(project, data.draw(st.permutations(self._applied_to(project))))

    @rule(data=st.data(), by=st.sampled_from(["student", "host", "staff"]))
    def cancel(self, data: st.DataObject, by: str) -> None:
        identifier = self._application(data, State.CONFIRMED)
        answer = self.run(self.matching.http.post(f"/placements/{identifier}/cancellation", json={"by": by}))
        assert answer.status_code in {200, 404, 409}
        if answer.status_code == 200:
            self.model.cancelled.add(identifier)

    @rule(data=st.data())
    def withdraw_application(self, data: st.DataObject) -> None:
        identifier = self._application(data, *State)
        self.publish("intake", application_withdrawn(student_of(identifier), project_of(identifier)))

    @rule(project=st.sampled_from(["P1", "P2", "P3"]))
    def withdraw_project(self, project: str) -> None:
        if len(self.model.withdrawn_projects) == 0:
            self.publish("intake", project_withdrawn(project_id=project, host_id=f"H-{project}"))

    @precondition(lambda self: self.published)
    @rule(days=st.integers(1, 2))
    def schedule_anew(self, days: int) -> None:
        event = round_scheduled()
        later = event.offers_at + timedelta(days=days)
        self.publish("intake", round_scheduled(round_version=days + 1, offers_at=later))

    # What time does.

    @rule()
    def step_to_the_next_timer(self) -> None:
        timer = self.run(self.matching.next_timer())
        if timer is not None:
            self.matching.clock.step_to(max(timer, self.matching.clock()))
        self._take_what_is_due()

    @rule(hours=st.integers(1, 80))
    def let_time_pass(self, hours: int) -> None:
        self.matching.clock.step_to(self.matching.clock() + timedelta(hours=hours))
        self._take_what_is_due()

    # What must be true.

    @invariant()
    def holds(self) -> None:
        if self.applications:
            self.model.check(self.run(self.matching.happened()))

    def teardown(self) -> None:
        """Deliver all that is on its way and let all timers fire: each application reaches an end, by the rules."""
        if not self.applications:
            return
        for _ in range(1_000):
            while self.queue:
                self._deliver(self.queue[:8])
            timer = self.run(self.matching.next_timer())
            if timer is None:
                break
            self.matching.clock.step_to(max(timer, self.matching.clock()))
            self._take_what_is_due()
        happened = self.run(self.matching.happened())
        self.model.check(happened)
        assert set(happened.states.values()) <= ENDS
        received = [step["application_id"] for step in happened.steps if step["state_before"] is None]
        self.ledger.judged(judge(self.applications, received))
        assert self.run(self.matching.violations(ROUND)) == []

    def _application(self, data: st.DataObject, *states: State) -> str:
        """One in one of these states, or any where there is none."""
        return data.draw(st.sampled_from(self._in_states(*states) or self.applications))

    def _in_states(self, *states: State) -> list[str]:
        known = self.run(self.matching.happened()).states
        return [identifier for identifier in self.applications if known.get(identifier) in states]

    def _reply(self, identifier: str, reply: str) -> None:
        answer = self.run(self.matching.http.post(f"/offers/{identifier}/reply", json={"reply": reply}))
        assert answer.status_code in {200, 404, 409}
        if answer.status_code == 200:
            (self.model.accepted if reply == "accept" else self.model.declined).add(identifier)

    def _applied_to(self, project: str) -> list[str]:
        return [each for each in self.applications if project_of(each) == project and each in self.model.received]

    def _rank(self, project: str, ranked: list[str]) -> None:
        answer = self.run(self.matching.http.put(f"/rankings/{project}", json={"application_ids": ranked}))
        assert answer.status_code in {200, 404, 409, 422}

    def _deliver(self, messages: list[InFlight]) -> None:
        self.run(self.matching.deliver([message.incoming for message in messages]))
        for message in messages:
            self._arrived(message)
        self._take_what_is_due()

    def _arrived(self, message: InFlight) -> None:
        self.queue.remove(message)
        self.delivered.append(message)
        self.model.handled(message.message)

    def _take_what_is_due(self) -> None:
        self.queue += [InFlight(incoming) for incoming in self.run(self.matching.due())]


@pytest.fixture
def database(virtual_host: str) -> Iterator[str]:
    """The URL of a migrated database, made and dropped in event loops of its own as the test runs in one."""
    database = TestDatabase(os.environ[DATABASE], f"{virtual_host}_life")
    yield asyncio.run(database.empty())
    asyncio.run(database.drop())


@pytest.mark.timeout(900)  # where one fails, to find the shortest that does
def test_whatever_happens_each_application_follows_the_rules_and_ends(database: str, ledger: Ledger) -> None:
    with asyncio.Runner() as runner:
        at_work = matching_without_broker(database)
        matching = runner.run(at_work.__aenter__())

        class Played(LifeOfARound):
            def __init__(self) -> None:
                super().__init__(matching, runner, ledger)

        try:
            run_state_machine_as_test(Played, settings=ROUNDS)
        finally:
            runner.run(at_work.__aexit__(None, None, None))
