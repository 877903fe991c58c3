"""Notifications: who is told what, by e-mail.

It owns the mails (`emails`, one row each, with what it says and what became of it) and copies of what mails speak of:
`rounds`, `hosts`, `students`, `projects`, `applications`, which projects have a ranking (`rankings`) and places for a
second round (`places_left`).
"""

from shared.contracts.directory import NOTIFICATIONS
from shared.runtime import Service

service = Service(NOTIFICATIONS)
