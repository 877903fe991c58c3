"""Screening: is this project suitable, scoped, supervised?

It owns the reviews, one for each revision of a project (`reviews`, with the project as it was submitted), what happened
to each (`review_steps`), and which projects were withdrawn (`withdrawals`).
"""

from shared.contracts.directory import SCREENING
from shared.runtime.service import Service

service = Service(SCREENING)
