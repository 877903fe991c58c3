"""Matching: rankings, the match, offers and placements.

It owns where each application is and how it came there (`applications`, `application_steps`), the hosts' `rankings`
and `ranking_drafts`, `offers`, `placements` and `attendance`. It keeps copies of rounds (`rounds`, `closings`), of
`hosts` and `students`, of approved projects (`projects`) and what each is like (`templates`), and what was withdrawn,
perhaps before it arrived here (`withdrawn_applications`, `withdrawn_projects`).
"""

from shared.contracts.directory import MATCHING
from shared.runtime.service import Service

service = Service(MATCHING)
