"""The obligations that a host accepts with a project, in one wording for the mails and the page to accept them on."""

from typing import Final

REMOTE: Final = "remote"

TEXT_VERSION: Final = 1
"""The version of the text below, recorded when a host accepts it. Increase it with every change of the text."""


def host_obligations(mode: str) -> list[str]:
    """The obligations, for a project with this mode of work (`in person`, `remote`, `hybrid`)."""
    remote = mode == REMOTE
    by_call, at_home = (" by call", " at home") if remote else ("", "")
    expenses = "Local travel and a reasonable lunch, paid back against receipts for each day on site."
    return [
        f"A named supervisor, who is there for the student every day{by_call} and gives feedback at the end.",
        "An introductory call before the first day, to agree on hours and arrangements.",
        "Hours between 09:00 and 17:30, and never more than 37.5 in the week. The placement is voluntary and unpaid.",
        "The project as it was advertised, with the equipment that it needs.",
        *([] if remote else [expenses]),
        f"A safe place to work, and insurance that covers the student{at_home}.",
        "A word to us the same day if the student does not come or leaves early.",
        "Applicants' data used for this choice only, and destroyed when the round is over.",
    ]
