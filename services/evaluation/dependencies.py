"""What evaluation's routes are given: their unit of work and the templates."""

from typing import Annotated, Final

from fastapi import Depends

from shared.runtime.work import Work
from shared.web import Pages, work_in

WorkIs = Annotated[Work, Depends(work_in("evaluation"), scope="function")]

PAGES: Final = Pages("services.evaluation")
