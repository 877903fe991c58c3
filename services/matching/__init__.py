"""Matching: rankings, the match, offers and placements.

It owns the state and the history of each application (`applications`, `application_steps`), the hosts' `rankings` and
`ranking_drafts`, `offers`, `placements` and `attendance`.

It keeps copies of rounds (`rounds`, `closings`), `hosts`, `students`, approved projects (`projects`) and what each
project is like (`templates`). It also keeps every withdrawal (`withdrawn_applications`, `withdrawn_projects`), since
one may arrive before the application or project itself.
"""

from shared.contracts.directory import MATCHING
from shared.runtime.service import Service

service = Service(MATCHING)
