"""What all pages of notifications are made with."""

from typing import Annotated, Final

from fastapi import Depends

from shared.runtime import Work
from shared.web import Pages, work_in

InNotifications = Annotated[Work, Depends(work_in("notifications"), scope="function")]

pages: Final = Pages("services.notifications")
