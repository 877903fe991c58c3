"""Applications and their withdrawals."""

from services.intake import store
from services.intake.applying import judged_by, take_application
from services.intake.handlers.reception import receives
from services.intake.rules.applications import ApplicationState
from services.intake.rules.submissions import Arrival, Refused
from services.intake.withdrawals import withdraw_application
from shared.contracts.faults import Fault
from shared.contracts.submissions import ApplicationForm, ApplicationWithdrawal
from shared.runtime.service import NotYet
from shared.runtime.work import Work

receives(ApplicationForm, changes=judged_by)(take_application)


@receives(ApplicationWithdrawal)
async def take_application_back(withdrawal: ApplicationWithdrawal, _arrival: Arrival, work: Work) -> None:
    application = await store.applications.find(work.connection, withdrawal.application_id)
    if application is None or application.state is ApplicationState.REFUSED:
        raise Refused([Fault(field="application_id", reason="No application of this id was received.")])
    if application.state is ApplicationState.CHECKING:
        raise NotYet("its CV is still being checked")
    await withdraw_application(application, withdrawal.reason, work)
