"""A round's report is made whenever it is asked for."""

from services.evaluation.rules.report import Report, report
from services.evaluation.store import tallies
from shared.refusals import NotFound
from shared.runtime.work import Work


async def make_report(round_id: str, work: Work) -> Report:
    """The report on a round's surveys so far; raises `NotFound`."""
    evaluated = await tallies.evaluated_round(work.connection, round_id)
    if evaluated is None:
        raise NotFound(f"Nothing is known of a round {round_id}.")
    return report(evaluated, await tallies.tallies(work.connection, round_id), now=work.now)
