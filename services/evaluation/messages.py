"""Evaluation's timers."""

from uuid import UUID

from shared.contracts.message import Timer


class SurveyReminder(Timer, about="survey"):
    """Half of a survey's time is over."""

    survey_id: UUID


class SurveyCloses(Timer, about="survey"):
    """A survey's time is over."""

    survey_id: UUID
