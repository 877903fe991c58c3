"""Who may: every route of every service, and whom it lets in. A route that is not here fails the test."""

from tests.services.web.who_may import evaluation, intake, matching, notifications, screening, shared

WHO_MAY = (
    shared.WHO_MAY | intake.WHO_MAY | screening.WHO_MAY | matching.WHO_MAY | notifications.WHO_MAY | evaluation.WHO_MAY
)
