"""Intake: the front door.

Owns `rounds` and their `round_calendars`, `hosts`, `students`, `projects` and their `project_revisions`,
`applications`, the `history` of both, `submissions` (every source and id that ever came, and what became of it),
`documents` and their `contents`; which forms are `arriving`; the `catalogue` that students search; `drafts` of
projects, which only their host sees, and the `obligations_accepted` with each revision. The bytes of documents lie
outside the database, where `DOCUMENTS_URL` says.
"""

from shared.contracts.directory import INTAKE
from shared.runtime.service import Service

service = Service(INTAKE)
