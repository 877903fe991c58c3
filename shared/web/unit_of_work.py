"""The unit of work of a route."""

from collections.abc import AsyncIterator, Callable

from fastapi import Request

from shared.runtime.work import Work


def work_in(service: str) -> Callable[[Request], AsyncIterator[Work]]:
    """A dependency that opens a unit of work of a service. With this scope it commits before the answer is sent:

    InScreening = Annotated[Work, Depends(work_in("screening"), scope="function")]
    """

    async def work(request: Request) -> AsyncIterator[Work]:
        async with request.state.units_of_work[service].open() as opened:
            yield opened

    return work
