"""What all routes of evaluation are made with."""

from typing import Annotated, Final

from fastapi import Depends

from shared.runtime.work import Work
from shared.web import Pages, work_in

InEvaluation = Annotated[Work, Depends(work_in("evaluation"), scope="function")]

pages: Final = Pages("services.evaluation")
