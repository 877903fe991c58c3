"""Intake: the front door.

It owns these tables:

- `rounds` and their `round_calendars`;
- `hosts` and `students`;
- `projects` and their `project_revisions`, `applications`, and the `history` of both;
- `submissions`: every source and id that was ever received, and the outcome;
- `documents` and their `contents` (the bytes are stored outside the database, at `DOCUMENTS_URL`);
- `arriving`: the forms whose upload has begun;
- `catalogue`: what students search;
- `drafts` of projects, which only their host sees, and the `obligations_accepted` with each revision.
"""

from shared.contracts.directory import INTAKE
from shared.runtime.service import Service

service = Service(INTAKE)
