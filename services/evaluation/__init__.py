"""Evaluation: surveys, and the reports on their answers.

It owns the surveys of both sides of each completed placement (`surveys`, `survey_steps`), their `answers`, and the
completed placements (`placements`). It keeps copies of the facts by which reports group the answers (`rounds`, `hosts`,
`students`, `projects`): no names of people, no addresses.
"""

from shared.contracts.directory import EVALUATION
from shared.runtime.service import Service

service = Service(EVALUATION)
