"""The client of the API repeats a request while a server is away, and stops where a request is refused."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from ninthweek.demonstration import api
from ninthweek.demonstration.api import Api, RequestRefused

Answers = Iterator[httpx.Response | httpx.TransportError]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "PAUSE", 0)


@pytest.fixture
def asked() -> list[httpx.Request]:
    return []


@pytest.fixture
def api_that_answers(asked: list[httpx.Request]) -> Callable[..., Api]:
    def api_that_answers(*answers: httpx.Response | httpx.TransportError) -> Api:
        left = iter(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            following = next(left)
            if isinstance(following, httpx.TransportError):
                raise following
            return following

        client = httpx.AsyncClient(base_url="http://ninthweek.test", transport=httpx.MockTransport(answer))
        return Api(client, "staff", "the token")

    return api_that_answers


async def test_a_request_is_repeated_until_the_service_answers_it(
    api_that_answers: Callable[..., Api], asked: list[httpx.Request]
) -> None:
    staff = api_that_answers(httpx.Response(503), httpx.ConnectError("gone"), httpx.Response(200, json={"done": True}))
    answer = await staff.send("PUT", "/rankings/P1", {"application_ids": ["A1"]})
    assert answer.json() == {"done": True}
    assert [(request.method, request.url.path) for request in asked] == [("PUT", "/rankings/P1")] * 3
    assert {request.content for request in asked} == {b'{"application_ids":["A1"]}'}
    assert {request.headers["Authorization"] for request in asked} == {"Bearer the token"}


async def test_a_file_is_sent_whole_each_time(api_that_answers: Callable[..., Api], asked: list[httpx.Request]) -> None:
    await api_that_answers(httpx.Response(503), httpx.Response(201)).send_file("/documents", "cv.pdf", b"%PDF-1.4")
    first, second = asked
    assert first.read() == second.read()
    assert b"%PDF-1.4" in second.read()


async def test_the_error_of_a_refused_request_names_the_caller(api_that_answers: Callable[..., Api]) -> None:
    staff = api_that_answers(httpx.Response(409, text="This offer was declined."))
    with pytest.raises(RequestRefused) as raised:
        await staff.send("POST", "/offers/A1/reply", {"reply": "accept"})
    assert str(raised.value) == "staff: POST /offers/A1/reply was answered 409: This offer was declined."
