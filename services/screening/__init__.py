"""Screening: is this project suitable, scoped, supervised?

It owns the reviews, one for each revision of a project (`reviews`, with the project as it was submitted), what happened
to each (`review_steps`), and which projects were withdrawn (`withdrawals`); what reviewers do before anything is said
(`assignments`, `scorings`, `second_opinions`, `prepared_verdicts`, and `acts`, which tells of all of them); and the
rules for trusted hosts, with what each approved (`approval_rules`, `rule_approvals`). It keeps copies of hosts and of
rounds' names, and of who has been at its desk (`staff`).
"""

from shared.contracts.directory import SCREENING
from shared.runtime.service import Service

service = Service(SCREENING)
