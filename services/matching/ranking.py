"""A host's ranking is given: kept, and said where it differs from the one before.

For the API and the pages alike. The round is locked by whoever calls: the match is not made meanwhile.
"""

from services.matching import store
from services.matching.rules import rankings
from services.matching.rules.orders import Order
from services.matching.rules.rankings import Project
from shared.contracts.faults import Fault
from shared.contracts.matching import RankingReceived
from shared.runtime.work import Work


async def give(work: Work, project: Project, order: Order) -> list[Fault]:
    """The ranking's faults, none where it is given; raises `NotAllowed` where the project takes none any more."""
    rankings.check_open(project, await store.rounds.find(work.connection, project.round_id))
    known = await store.applications.of_ids(work.connection, [*order.ranked, *order.not_suitable])
    if faults := rankings.faults_in(project.project_id, order, known):
        return faults
    before = await store.rankings.current(work.connection, project.project_id)
    if before is None or before.order != order:
        await store.rankings.add(work.connection, project.project_id, order, work.now)
    if before is None or before.order.ranked != order.ranked:
        work.publish(
            RankingReceived(
                project_id=project.project_id,
                round_id=project.round_id,
                host_id=project.host_id,
                application_ids=list(order.ranked),
            )
        )
    await store.rankings.drop_draft(work.connection, project.project_id, project.round_id)
    return []
