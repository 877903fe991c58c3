"""A route's unit of work."""

from collections.abc import AsyncIterator, Callable

from fastapi import Request

from shared.runtime.work import Work


def work_in(service: str) -> Callable[[Request], AsyncIterator[Work]]:
    """The dependency that opens a unit of work in a service. It commits before the answer is sent:

    InScreening = Annotated[Work, Depends(work_in("screening"), scope="function")]
    """

    async def work(request: Request) -> AsyncIterator[Work]:
        async with request.app.state.units_of_work[service].open() as opened:
            yield opened

    return work
