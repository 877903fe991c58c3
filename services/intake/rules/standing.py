"""The status of a project for its host: what it is, what comes next, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.intake.rules.projects import CORRECT, WITHDRAW, ListedProject, Project, ProjectState
from services.intake.rules.rounds import Round, applications_window, ends_at, round_for_proposals, submissions_window

Kind = Literal["neutral", "good", "bad", "waiting", "info"]


@dataclass(frozen=True, slots=True)
class Link:
    """A page to go to next, and what the link is called."""

    path: str
    label: str


APPLICANTS = Link("/host/applicants", "See the applicants")
PLACEMENTS = Link("/host/placements", "See who comes when")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment, and what ends or begins then."""

    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """A project's status, and what comes next."""

    label: str
    kind: Kind
    next: str
    deadline: Deadline | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The status of a project, and what its host may do."""

    status: Status
    may_correct: bool
    may_withdraw: bool


def standing(project: Project, rounds: Sequence[Round], *, now: datetime) -> Standing:
    """A project's standing at that moment; `rounds` are all rounds."""
    own = next(each for each in rounds if each.round_id == project.round_id)
    taking = open_round(rounds, now, project.round_id)
    return Standing(
        status=_status(project.state, own, taking, now),
        may_correct=project.state in CORRECT.before and taking is not None,
        may_withdraw=project.state in WITHDRAW.before,
    )


@dataclass(frozen=True, slots=True)
class RoundProjects:
    """A host's projects of one round, each with its standing."""

    round_: Round
    is_over: bool
    """Whether its offers are out, so that the host may offer the same projects again."""
    projects: Sequence[tuple[ListedProject, Standing]]


def projects_by_round(
    projects: Sequence[ListedProject], rounds: Sequence[Round], *, now: datetime
) -> list[RoundProjects]:
    """A host's projects by round, the latest round first."""
    latest_first = sorted(rounds, key=lambda each: each.submissions_open_at, reverse=True)
    found = []
    for round_ in latest_first:
        of_round = [(each, standing(each, rounds, now=now)) for each in projects if each.round_id == round_.round_id]
        if of_round:
            found.append(RoundProjects(round_, is_over=round_.offers_at <= now, projects=of_round))
    return found


def next_round(rounds: Sequence[Round], now: datetime) -> Round | None:
    """The next round that will take proposals."""
    ahead = (each for each in rounds if now < each.submissions_open_at and not each.follows)
    return min(ahead, key=lambda each: each.submissions_open_at, default=None)


_HAPPENED = {
    "propose": "You proposed it",
    "correct": "You corrected it",
    "approve": "It was approved",
    "return": "It was returned to you",
    "decline": "It was declined",
    "withdraw": "It was withdrawn",
}


def happened(history: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Each step of a project's history with its text for the host, the latest first."""
    return [(_HAPPENED[step["transition"]], step) for step in reversed(history)]


def comments_on(project: Project, history: Sequence[Mapping[str, Any]]) -> str:
    """What the reviewer wrote on the current revision; empty if there is nothing."""
    by_staff = (step["comments"] for step in history if step["by"] == "staff" and step["revision"] == project.revision)
    return next(by_staff, "")


def open_round(rounds: Sequence[Round], now: datetime, own: str | None = None) -> Round | None:
    """The round that takes proposals now; `own`, if that does."""
    round_ = round_for_proposals(rounds, now, own)
    return round_ if round_ and now in submissions_window(round_) else None


def _status(state: ProjectState, own: Round, taking: Round | None, now: datetime) -> Status:
    match state:
        case ProjectState.UNDER_REVIEW:
            return _under_review(taking)
        case ProjectState.RETURNED:
            return _returned(own, taking)
        case ProjectState.APPROVED:
            return _approved(own, now)
        case ProjectState.DECLINED:
            return Status("Declined", "bad", f"It does not take part in {own.name}. The reviewer's comments say why.")
        case ProjectState.WITHDRAWN:
            return Status("Withdrawn", "neutral", "You withdrew it, and with it all applications for it.")


def _under_review(taking: Round | None) -> Status:
    text = "The careers service reads it and writes to you. You need not do anything until then."
    if taking is None:
        return Status("Under review", "waiting", text)
    last = Deadline("Corrections are taken until", taking.submissions_close_at)
    return Status("Under review", "waiting", f"{text} You may still correct it.", last)


def _returned(own: Round, taking: Round | None) -> Status:
    if taking is None:
        return Status(
            "Returned to you",
            "bad",
            f"Proposals for {own.name} have closed, so it cannot be corrected any more. "
            "Take it as a draft when the next round opens.",
        )
    last = Deadline("Send it again by", taking.submissions_close_at)
    return Status("Returned to you", "bad", "Read the reviewer's comments, correct it and send it again.", last)


def _approved(own: Round, now: datetime) -> Status:
    if now < own.opens_at:
        first = Deadline("Students may apply from", own.opens_at)
        return Status("Approved", "good", "Students will find it in the catalogue when applications open.", first)
    if now in applications_window(own):
        last = Deadline("Students apply until", own.closes_at)
        return Status("Open for applications", "good", "You are sent the applicants when applications close.", last)
    if now < own.rankings_due_at:
        last = Deadline("Your ranking is due by", own.rankings_due_at)
        return Status("Applications have closed", "info", "Put your applicants in order.", last, APPLICANTS)
    if now < own.offers_at:
        first = Deadline("Offers go out", own.offers_at)
        return Status("Being matched", "waiting", "The match is made from your order and the students'.", first)
    if now < ends_at(own):
        return Status("Offers are out", "info", "You are told as soon as a student has accepted.", None, PLACEMENTS)
    return Status("Over", "neutral", f"The placements of {own.name} are over.", None, PLACEMENTS)
