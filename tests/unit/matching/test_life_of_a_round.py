"""A round in which anything happens, in any order and repeatedly: its history is right all the same."""

from datetime import timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.matching.rules import history
from services.matching.rules.endings import Reply
from services.matching.rules.life import STANDS, Canceller, State
from services.matching.rules.policies import Policy
from shared.refusals import NotAllowed
from tests.support.matching import CUT_OFF, RoundInMemory, application_received

STUDENTS = [f"S{number}" for number in range(6)]
PROJECTS = [f"P{number}" for number in range(4)]

students = st.sampled_from(STUDENTS)
projects = st.sampled_from(PROJECTS)


class LifeOfARound(RuleBasedStateMachine):
    """Six students, four projects, and all that students, hosts, staff and the calendar do."""

    @initialize(places=st.lists(st.integers(1, 2), min_size=len(PROJECTS), max_size=len(PROJECTS)))
    def set_up(self, places: list[int]) -> None:
        self.round = RoundInMemory(dict(zip(PROJECTS, places, strict=True)))

    @precondition(lambda self: not self.round.matched)
    @rule(wishes=st.lists(st.tuples(students, projects, st.integers(1, 3)), min_size=1, max_size=6))
    def applications_arrive(self, wishes: list[tuple[str, str, int]]) -> None:
        for student, project, preference in wishes:
            self.round.receive(application_received(student, project, preference))

    @precondition(lambda self: not self.round.matched)
    @rule(student=students, project=projects)
    def a_student_applies_to_the_same_project_again(self, student: str, project: str) -> None:
        again = f"{student}-{project}-again"
        self.round.receive(application_received(student, project, 1, application_id=again))

    @precondition(lambda self: not self.round.matched)
    @rule(data=st.data(), project=projects)
    def a_host_ranks(self, data: st.DataObject, project: str) -> None:
        applicants = [each for each in self.round.applications if each.split("-")[1] == project]
        suitable = data.draw(st.lists(st.sampled_from(applicants), unique=True) if applicants else st.just([]))
        self.round.rank(project, suitable)

    @precondition(lambda self: not self.round.matched)
    @rule(random=st.randoms(use_true_random=False), policy=st.sampled_from(Policy))
    def every_host_ranks_and_the_match_is_made(self, random: Random, policy: Policy) -> None:
        for project in PROJECTS:
            applicants = [each for each in self.round.applications if each.split("-")[1] == project]
            random.shuffle(applicants)
            self.round.rank(project, applicants[: max(1, len(applicants) - 1)])
        self.round.now = CUT_OFF - timedelta(hours=1)  # so that offers are still open after the cut-off
        self.round.make_match(policy)

    @rule(student=students, project=projects)
    def an_application_is_withdrawn(self, student: str, project: str) -> None:
        self.round.withdraw(f"{student}-{project}")

    @rule(project=projects)
    def a_project_is_withdrawn(self, project: str) -> None:
        self.round.withdraw_project(project)

    @precondition(lambda self: self.round.in_state(State.OFFERED))
    @rule(data=st.data(), reply=st.sampled_from(Reply), twice=st.booleans())
    def a_student_replies(self, data: st.DataObject, reply: Reply, twice: bool) -> None:
        offered = data.draw(st.sampled_from(self.round.in_state(State.OFFERED)))
        for _ in range(1 + twice):
            self.round.reply(offered, reply)

    @precondition(lambda self: self.round.applications)
    @rule(data=st.data(), reply=st.sampled_from(Reply))
    def a_reply_comes_that_may_not_be_allowed(self, data: st.DataObject, reply: Reply) -> None:
        before = len(self.round.steps)
        try:
            self.round.reply(data.draw(st.sampled_from(sorted(self.round.applications))), reply)
        except NotAllowed:
            assert len(self.round.steps) == before

    @precondition(lambda self: self.round.applications)
    @rule(data=st.data())
    def an_offer_expires(self, data: st.DataObject) -> None:
        self.round.expire(data.draw(st.sampled_from(sorted(self.round.applications))))

    @precondition(lambda self: self.round.in_state(State.CONFIRMED, State.CANCELLED))
    @rule(data=st.data(), by=st.sampled_from(("student", "host", "staff")))
    def a_placement_is_cancelled(self, data: st.DataObject, by: Canceller) -> None:
        self.round.cancel(data.draw(st.sampled_from(self.round.in_state(State.CONFIRMED, State.CANCELLED))), by)

    @precondition(lambda self: self.round.in_state(State.CONFIRMED))
    @rule(data=st.data())
    def a_placement_is_given_to_somebody_else(self, data: st.DataObject) -> None:
        placement = data.draw(st.sampled_from(self.round.in_state(State.CONFIRMED)))
        candidates = self.round.candidates(placement.split("-")[1])
        if candidates and placement.split("-")[1] not in self.round.withdrawn_projects:
            self.round.replace(placement, data.draw(st.sampled_from(candidates)))

    @precondition(lambda self: self.round.matched)
    @rule(data=st.data(), project=projects)
    def a_place_is_offered_by_hand_where_one_is_free(self, data: st.DataObject, project: str) -> None:
        before = len(self.round.steps)
        if candidates := self.round.candidates(project):
            try:
                self.round.offer_by_hand(data.draw(st.sampled_from(candidates)))
            except NotAllowed:
                assert len(self.round.steps) == before

    @precondition(lambda self: self.round.applications)
    @rule(data=st.data())
    def a_placement_is_over(self, data: st.DataObject) -> None:
        self.round.complete(data.draw(st.sampled_from(sorted(self.round.applications))))

    @precondition(lambda self: self.round.matched)
    @rule()
    def the_waiting_list_ends(self) -> None:
        self.round.end_waiting_list()
        assert not self.round.in_state(*STANDS)

    @invariant()
    def all_that_happened_was_right(self) -> None:
        assert history.violations(self.round.history) == []


TestLifeOfARound = LifeOfARound.TestCase
TestLifeOfARound.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
