"""Screening: is this project suitable, scoped, supervised?

It owns these tables:

- `reviews`, one for each revision of a project, with the project as submitted, and their history (`review_steps`);
- `withdrawals`: which projects were withdrawn;
- what reviewers do before a verdict is published: `assignments`, `scorings`, `second_opinions`, `prepared_verdicts`,
  and `acts`, the record of all of it;
- `approval_rules` for trusted hosts, and what each approved (`rule_approvals`);
- `staff`: the members of staff who have opened its pages.

It keeps copies of `hosts` and of `rounds`.
"""

from shared.contracts.directory import SCREENING
from shared.runtime.service import Service

service = Service(SCREENING)
