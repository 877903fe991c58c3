"""Evaluation: surveys, and what they say.

It owns the surveys of both sides of each completed placement (`surveys`, `survey_steps`), what was answered
(`answers`), the completed placements (`placements`), and copies of what the report tells them by (`rounds`, `hosts`,
`students`, `projects`): no names of people, no addresses.
"""

from shared.contracts.directory import EVALUATION
from shared.runtime.service import Service

service = Service(EVALUATION)
