"""Intake's pages, in the look that all have in common."""

from typing import Final

from shared.web import Pages

pages: Final = Pages("services.intake")
