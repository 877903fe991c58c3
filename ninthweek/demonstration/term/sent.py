"""What outside systems send, from the rows of their tables."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, get_origin
from uuid import NAMESPACE_URL, uuid5

from ninthweek.demonstration.term.tables import Faults, Row, read_table
from services.intake.rules.rounds import YEARS
from shared.contracts.directory import OUTSIDE_SYSTEMS, OutsideSystem
from shared.contracts.message import Submission, subject
from shared.contracts.submissions import ApplicationForm, HostRecord, ProjectProposal, StudentRecord

RECORDS: Mapping[str, type[Submission]] = {"hosts.csv": HostRecord, "students.csv": StudentRecord}
"""Tables of what is known before the term begins. Their rows have no event id and no time."""

SUBMISSIONS: Mapping[str, type[Submission]] = {"projects.csv": ProjectProposal, "applications.csv": ApplicationForm}

LIST_SEPARATOR = ";"
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Sent:
    """One submission of an outside system: its id, when it is sent, and its content.

    An application's `cv` is a file of the term's folder here; the message that is sent names a document instead.
    """

    kind: type[Submission]
    event_id: str
    sent_at: datetime
    content: Mapping[str, Any]

    @property
    def system(self) -> OutsideSystem:
        return next(system for system in OUTSIDE_SYSTEMS if self.kind in system.sends)

    @property
    def subject(self) -> str:
        return subject(self.kind.about, self.content[f"{self.kind.about}_id"])


def read_records(folder: Path, faults: Faults, *, sent_at: datetime) -> Iterator[Sent]:
    """Read hosts and students, all sent at one moment; the event id of each is made from its row."""
    for name, kind in RECORDS.items():
        for row in read_table(folder, name, list(kind.model_fields), faults):
            content = _content(kind, row)
            event_id = uuid5(NAMESPACE_URL, f"urn:ninthweek:{kind.noun}:{json.dumps(content)}")
            yield Sent(kind, str(event_id), sent_at, content)


def read_submissions(folder: Path, faults: Faults) -> list[Sent]:
    """Read proposals and applications, in the order in which they are sent."""
    sent: list[Sent] = []
    for name, kind in SUBMISSIONS.items():
        for row in read_table(folder, name, ["event_id", "sent_at", *kind.model_fields], faults):
            moment = _moment(row, faults)
            if not row.cells["event_id"]:
                faults.append(f"{row.place}: has no event_id.")
            elif moment is not None:
                sent.append(Sent(kind, row.cells["event_id"], moment, _content(kind, row)))
            if kind is ApplicationForm:
                _check_file(folder, row, faults)
    return sorted(sent, key=lambda each: each.sent_at)


def _content(kind: type[Submission], row: Row) -> dict[str, Any]:
    return {name: typed(row.cells[name], field.annotation) for name, field in kind.model_fields.items()}


def typed(cell: str, annotation: Any) -> Any:
    """A cell converted to the contract's type; one that cannot be is left as it is, and intake refuses its field."""
    if get_origin(annotation) is list:
        return [part.strip() for part in cell.split(LIST_SEPARATOR) if part.strip()]
    if annotation is bool:
        return {"yes": True, "no": False}.get(cell, cell)
    if annotation is int:
        return int(cell) if WHOLE_NUMBER.fullmatch(cell) else cell
    if annotation == float | None:
        return _number(cell) if cell else None
    return cell


def _number(cell: str) -> float | str:
    try:
        number = float(cell)
    except ValueError:
        return cell
    return number if math.isfinite(number) else cell


def _moment(row: Row, faults: Faults) -> datetime | None:
    try:
        moment = datetime.fromisoformat(row.cells["sent_at"])
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in YEARS:
        faults.append(f"{row.place}: sent_at is not a time with an offset from UTC, as 2027-04-21T09:00:00+01:00.")
        return None
    return moment


def _check_file(folder: Path, row: Row, faults: Faults) -> None:
    file = folder / row.cells["cv"]
    if not row.cells["cv"]:
        return  # names no file: intake refuses it
    if not file.is_file() or not file.resolve().is_relative_to(folder.resolve()):
        faults.append(f"{row.place}: its cv {row.cells['cv']!r} is not a file of the folder.")
