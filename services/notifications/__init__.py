"""Notifications: who is told what, by e-mail.

It owns the mails (`emails`, one row each, with its facts and what became of it), and copies of what mails name:
`rounds`, `hosts`, `students`, `projects`, `applications`, which projects have a ranking (`rankings`), and the places
that are left for second rounds (`places_left`).
"""

from shared.contracts.directory import NOTIFICATIONS
from shared.runtime import Service

service = Service(NOTIFICATIONS)
