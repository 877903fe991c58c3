"""Where a project stands, in words for its host: what is the case, what comes next, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.intake.rules.projects import CORRECT, WITHDRAW, Project, ProjectState
from services.intake.rules.rounds import Round, applications_window, round_for, submissions_window

Kind = Literal["neutral", "good", "bad", "waiting", "info"]


@dataclass(frozen=True, slots=True)
class Link:
    """Where to go on."""

    path: str
    label: str


APPLICANTS = Link("/host/applicants", "See the applicants")
PLACEMENTS = Link("/host/placements", "See who comes when")


@dataclass(frozen=True, slots=True)
class Deadline:
    """What ends when."""

    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Words:
    """What is the case and what comes next."""

    label: str
    kind: Kind
    next: str
    deadline: Deadline | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a project, and what its host may do about it."""

    words: Words
    may_correct: bool
    may_withdraw: bool


def standing(project: Project, rounds: Sequence[Round], *, now: datetime) -> Standing:
    """How a project stands at that moment, among all rounds."""
    own = next(each for each in rounds if each.round_id == project.round_id)
    taking = open_round(rounds, now, project.round_id)
    return Standing(
        words=_in_words(project.state, own, taking, now),
        may_correct=project.state in CORRECT.before and taking is not None,
        may_withdraw=project.state in WITHDRAW.before,
    )


def open_round(rounds: Sequence[Round], now: datetime, own: str | None = None) -> Round | None:
    """The round that takes proposals now; its own, where that does."""
    judged_by = round_for(rounds, now, submissions_window, own)
    return judged_by if judged_by and now in submissions_window(judged_by) else None


def _in_words(state: ProjectState, own: Round, taking: Round | None, now: datetime) -> Words:
    match state:
        case ProjectState.UNDER_REVIEW:
            return _under_review(taking)
        case ProjectState.RETURNED:
            return _returned(own, taking)
        case ProjectState.APPROVED:
            return _approved(own, now)
        case ProjectState.DECLINED:
            return Words("Declined", "bad", f"It does not take part in {own.name}. The reviewer's comments say why.")
        case ProjectState.WITHDRAWN:
            return Words("Withdrawn", "neutral", "You took it back, and with it all that was applied for there.")


def _under_review(taking: Round | None) -> Words:
    said = "The careers service reads it and writes to you. Nothing is to be done until then."
    if taking is None:
        return Words("Under review", "waiting", said)
    last = Deadline("Corrections are taken until", taking.submissions_close_at)
    return Words("Under review", "waiting", f"{said} You may still correct it.", last)


def _returned(own: Round, taking: Round | None) -> Words:
    if taking is None:
        return Words(
            "Returned to you",
            "bad",
            f"Proposals for {own.name} have closed, so it cannot be corrected any more. "
            "Take it as a draft when the next round opens.",
        )
    last = Deadline("Send it again by", taking.submissions_close_at)
    return Words("Returned to you", "bad", "Read the reviewer's comments, correct it and send it again.", last)


def _approved(own: Round, now: datetime) -> Words:
    if now < own.opens_at:
        first = Deadline("Students may apply from", own.opens_at)
        return Words("Approved", "good", "Students will find it in the catalogue when applications open.", first)
    if now in applications_window(own):
        last = Deadline("Students apply until", own.closes_at)
        return Words("Open for applications", "good", "You are sent the applicants when applications close.", last)
    if now < own.rankings_due_at:
        last = Deadline("Your ranking is due by", own.rankings_due_at)
        return Words("Applications have closed", "info", "Put your applicants in order.", last, APPLICANTS)
    if now < own.offers_at:
        first = Deadline("Offers go out", own.offers_at)
        return Words("Being matched", "waiting", "The match is made from your order and the students'.", first)
    return Words("Offers are out", "info", "You are told as soon as a student has accepted.", None, PLACEMENTS)
