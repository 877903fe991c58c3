"""Reads a term's folder, and reports all that is wrong with it at once."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from pydantic import ValidationError

from ninthweek.demonstration.term.expected import Expected, read_expected
from ninthweek.demonstration.term.script import Script, read_script
from ninthweek.demonstration.term.sent import Sent, read_records, read_submissions
from ninthweek.demonstration.term.tables import Faults
from ninthweek.settings import SettingFaulty
from services.intake.rules.rounds import faults_in_calendar
from shared.clock import LOCAL_TIME
from shared.contracts.faults import faults_of
from shared.contracts.intake import RoundCalendar


class TermFaulty(SettingFaulty):
    """A term's folder cannot be played; the text names every fault."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        super().__init__("\n  ".join((f"The term in {folder} cannot be played. Correct:", *faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its calendar, what outside systems send, what people do, and the expected outcome.

    `records` are sent when the term begins; `submissions` are in the order in which they are sent.
    """

    folder: Path
    calendar: RoundCalendar
    records: tuple[Sent, ...]
    submissions: tuple[Sent, ...]
    script: Script
    expected: Expected

    @property
    def begins_at(self) -> datetime:
        return _beginning(self.calendar, self.submissions)


def read_term(folder: Path) -> Term:
    """Read and check a folder. Raises `TermFaulty` with everything that is missing, misspelt or unreadable."""
    if not folder.is_dir():
        raise TermFaulty(folder, ["There is no such folder."])
    faults: Faults = []
    calendar = _read_calendar(folder, faults)
    submissions = tuple(read_submissions(folder, faults))
    begins_at = _beginning(calendar, submissions) if calendar else datetime.now(LOCAL_TIME)
    records = tuple(read_records(folder, faults, sent_at=begins_at))
    script = read_script(folder, faults)
    expected = read_expected(folder, faults)
    if faults or calendar is None:
        raise TermFaulty(folder, faults)
    return Term(folder, calendar, records, submissions, script, expected)


def _beginning(calendar: RoundCalendar, submissions: tuple[Sent, ...]) -> datetime:
    """The beginning of the day before anything happens."""
    moments = [calendar.submissions_open_at, calendar.opens_at, *(sent.sent_at for sent in submissions)]
    return datetime.combine(min(moments).astimezone(LOCAL_TIME) - timedelta(days=1), time.min, LOCAL_TIME)


def _read_calendar(folder: Path, faults: Faults) -> RoundCalendar | None:
    try:
        calendar = RoundCalendar.model_validate(tomllib.loads((folder / "round.toml").read_text(encoding="utf-8")))
    except OSError as error:
        faults.append(f"round.toml: cannot be read ({error.strerror}).")
    except ValidationError as error:
        faults += [f"round.toml: {fault.field}: {fault.reason}" for fault in faults_of(error.errors())]
    except ValueError as error:
        faults.append(f"round.toml: is not TOML in UTF-8 ({error}).")
    else:
        unsound = faults_in_calendar(calendar)
        faults += [f"round.toml: {fault.field}: {fault.reason}" for fault in unsound]
        return None if unsound else calendar
    return None
