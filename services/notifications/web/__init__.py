"""The pages of notifications: a new link for whoever has lost theirs, and what staff see of hosts and students."""

from services.notifications import service
from services.notifications.web import entrance, people

service.open_routes.include_router(entrance.routes)
service.routes.include_router(people.routes)
