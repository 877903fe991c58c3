"""What host and student do before a placement.

It is the same as in the programmes on which this one is modelled: an introductory call about hours and arrangements;
local travel and a reasonable lunch, paid against receipts; accommodation that students arrange themselves; a workshop
that is offered and not required.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.matching.rules.life import Days

CALL_BEFORE: Final = timedelta(days=7)
"""How long before the first day the introductory call should have been."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, in a few words and in full; `by` is the day by which it should be done, if there is one."""

    what: str
    how: str
    by: date | None = None


def call_by(days: Days) -> date:
    return days.starts_on - CALL_BEFORE


def host_prepares(days: Days, remote: bool) -> list[Task]:
    on_site = [
        Task(
            "Tell the student how expenses are paid back",
            "Local travel and a reasonable lunch, against receipts, for each day that the student is with you.",
        )
    ]
    return [
        Task(
            "Write to the student and have a short introductory call",
            "Settle the hours (between 09:00 and 17:30, at most 37.5 in the week), "
            + ("the tools and meetings" if remote else "where to arrive")
            + ", what to read, and anything the student needs to work well. Our mail has the student’s address.",
            call_by(days),
        ),
        Task(
            "Check your insurance",
            "Your employer’s and public liability insurance has to cover the student"
            + (" working from home." if remote else " at your place of work."),
            days.starts_on,
        ),
        *([] if remote else on_site),
    ]


def student_prepares(days: Days, remote: bool) -> list[Task]:
    on_site = [
        Task(
            "Arrange where you will stay",
            "Accommodation is yours to arrange. If you need your college room beyond the end of term, ask your college "
            "for an extension now.",
        ),
        Task(
            "Ask how expenses are claimed",
            "Your host pays back local travel and a reasonable lunch for each day on site: keep the receipts.",
            days.starts_on,
        ),
    ]
    return [
        Task("Put the dates in your calendar", "Our mail about your placement has a file that does it for you."),
        Task(
            "Have your introductory call",
            "Your host writes to you to arrange it. Settle your hours, "
            + ("the tools and meetings" if remote else "where and when you arrive and what to wear")
            + ", and anything you need to work well. If you have heard nothing by then, tell us.",
            call_by(days),
        ),
        *([] if remote else on_site),
        Task(
            "Come to “Making the most of your internship”",
            "A workshop of an hour, offered every term. It is not required; most who came would come again.",
        ),
        Task(
            "Check your hours if your visa limits them",
            "Add up all the work, paid or not, that you do from Monday to Sunday of that week, and tell us if the "
            "placement takes you over.",
        ),
        Task("Read about your host", "Write down three things that you would like to learn.", days.starts_on),
    ]
