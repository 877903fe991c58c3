"""The pages of notifications: where people ask for a new link, and where staff look up hosts and students."""

from services.notifications import service
from services.notifications.web import entrance, people

service.open_routes.include_router(entrance.routes)
service.routes.include_router(people.routes)
