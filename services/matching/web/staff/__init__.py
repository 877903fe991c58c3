"""Staff pages: the match before and after it goes out, and placements."""

from fastapi import APIRouter

from services.matching.web.staff import matches, placements, replacements

routes = APIRouter()
for part in (matches, replacements, placements):
    routes.include_router(part.routes)
