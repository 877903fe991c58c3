"""A client of the HTTP API that repeats its requests while a server is away."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

PAUSE = 0.25
"""Seconds before a request is repeated that was not answered, or answered with 503."""


class RequestRefused(Exception):
    """The API refused a request; the text says whose, which and why."""

    def __init__(self, who: str, request: httpx.Request, response: httpx.Response) -> None:
        super().__init__(
            f"{who}: {request.method} {request.url.path} was answered {response.status_code}: {response.text}"
        )
        self.response = response


class Api:
    """The HTTP API with one caller's token. Every request may be made twice: the second changes nothing."""

    def __init__(self, client: httpx.AsyncClient, who: str, token: str) -> None:
        self._client = client
        self._who = who
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str) -> httpx.Response:
        return await self._request("GET", path)

    async def send(self, method: str, path: str, body: Mapping[str, Any]) -> httpx.Response:
        return await self._request(method, path, json=body)

    async def send_file(self, path: str, name: str, content: bytes) -> httpx.Response:
        return await self._request("POST", path, files={"file": (name, content)})

    async def _request(self, method: str, path: str, **body: Any) -> httpx.Response:
        """Repeat a request until it is answered. Raises `RequestRefused`."""
        request = self._client.build_request(method, path, headers=self._headers, **body)
        while True:
            try:
                response = await self._client.send(request)
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                if response.is_error:
                    raise RequestRefused(self._who, request, response)
                return response
            await asyncio.sleep(PAUSE)
