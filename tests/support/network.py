"""A link between a service and one of its servers, which a test slows, stalls, cuts and heals."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

CHUNK = 65_536
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class Link:
    """Carries TCP connections to one address, as the network between two machines would.

    Through a stalled link nothing passes, and neither end notices: what is written is accepted and held back. The link
    can lead to another address, as a load balancer does.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._wires: set[_Wire] = set()
        self._is_cut = False
        self._stalled = (False, False)
        self._answers_to_lose: list[bytes] = []
        self.delay = 0.0
        """Seconds that each chunk of bytes takes longer, each way."""
        self.refused = 0
        """How many connections were refused while it was cut."""

    def through(self, url: str) -> str:
        """A server's URL that leads through this link."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()
        parts = urlsplit(url)
        login = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{login}@{host}:{port}"))

    @property
    def connections(self) -> int:
        """How many connections it carries."""
        return len(self._wires)

    def stall(self, *, answers_only: bool = False) -> None:
        """Let no byte pass, or none of the server's answers."""
        self._stalled = (not answers_only, True)
        for wire in self._wires:
            wire.stall(*self._stalled)

    def lose_answer(self, answer: bytes, times: int = 1) -> None:
        """Lose the next answers of the server that hold these bytes, each with its connection.

        The server has done what it was asked to do, and the client cannot know.
        """
        self._answers_to_lose += [answer] * times

    @property
    def has_lost_all(self) -> bool:
        """Whether all the answers that were to be lost have been."""
        return not self._answers_to_lose

    def abandon(self) -> None:
        """Forget the present connections, as a restarted firewall does: no byte passes, and neither end is notified."""
        for wire in self._wires:
            wire.is_abandoned = True
            wire.stall(True, True)

    def cut(self) -> None:
        """Reset all connections, and every new one, until healed."""
        self._is_cut = True
        self.reset()

    def reset(self) -> None:
        """Reset the present connections."""
        for wire in tuple(self._wires):
            wire.reset()

    def heal(self) -> None:
        """Let pass what was held back, new connections, and all answers."""
        self._is_cut = False
        self._answers_to_lose.clear()
        self._stalled = (False, False)
        self.delay = 0.0
        for wire in self._wires:
            if not wire.is_abandoned:
                wire.stall(False, False)

    def reset_one(self, luck: float) -> bool:
        """Reset one of the connections, chosen by a number in [0, 1); whether there was any."""
        wires = tuple(self._wires)
        if wires:
            wires[int(luck * len(wires))].reset()
        return bool(wires)

    def lead_to(self, host: str, port: int) -> None:
        """Lead new connections to another address, and reset the present ones."""
        self._target = (host, port)
        self.reset()

    async def open(self, host: str) -> None:
        """Listen on a free port of an address of this machine."""
        self._server = await asyncio.start_server(self._carry, host, 0)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        carrying = [wire.carrying for wire in self._wires]
        self.reset()
        await asyncio.gather(*carrying, return_exceptions=True)

    async def _carry(self, near_reader: asyncio.StreamReader, near_writer: asyncio.StreamWriter) -> None:
        wire = _Wire(near_writer)
        wire.stall(*self._stalled)
        self._wires.add(wire)
        try:
            if self._is_cut:
                self.refused += 1
                return
            far_reader, far_writer = await asyncio.open_connection(*self._target)
            wire.writers.append(far_writer)
            asked = asyncio.create_task(self._pass_on(near_reader, far_writer, wire.may_ask))
            answered = asyncio.create_task(self._pass_on(far_reader, near_writer, wire.may_answer, loses=self._loses))
            try:
                await asyncio.wait((asked, answered), return_when=asyncio.FIRST_COMPLETED)
            finally:
                asked.cancel()
                answered.cancel()
                await asyncio.gather(asked, answered, return_exceptions=True)
        except OSError:
            pass  # there is nobody at the other end
        except asyncio.CancelledError:
            pass  # it was reset
        finally:
            wire.abort()
            self._wires.discard(wire)

    def _loses(self, chunk: bytes) -> bool:
        """Whether a chunk is lost. A server writes a short answer at once, so that it is not in two chunks."""
        lost = next((answer for answer in self._answers_to_lose if answer in chunk), None)
        if lost is not None:
            self._answers_to_lose.remove(lost)
        return lost is not None

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        may_pass: asyncio.Event,
        *,
        loses: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        """Pass on bytes in one direction, and then their end; the end, too, only when the link lets it pass."""
        now = asyncio.get_running_loop().time
        held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def take() -> None:
            with suppress(OSError):
                while chunk := await reader.read(CHUNK):
                    held.put_nowait((now() + self.delay, chunk))
            held.put_nowait((now() + self.delay, b""))

        taking = asyncio.create_task(take())
        try:
            while True:
                due, chunk = await held.get()
                await asyncio.sleep(due - now())
                await may_pass.wait()
                if not chunk or loses(chunk):
                    return
                writer.write(chunk)
                await writer.drain()
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)


class _Wire:
    """One connection: both its ends, and the task that carries it."""

    def __init__(self, near: asyncio.StreamWriter) -> None:
        self.writers = [near]
        self.may_ask = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.is_abandoned = False
        carrying = asyncio.current_task()
        assert carrying is not None
        self.carrying: asyncio.Task[object] = carrying

    def stall(self, questions: bool, answers: bool) -> None:
        for event, stalled in ((self.may_ask, questions), (self.may_answer, answers)):
            if stalled:
                event.clear()
            else:
                event.set()

    def reset(self) -> None:
        self.abort()
        self.carrying.cancel()

    def abort(self) -> None:
        """Close both ends with a reset."""
        for writer in self.writers:
            if not writer.transport.is_closing():
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
            writer.transport.abort()


@asynccontextmanager
async def link_to(url: str, *, host: str = "127.0.0.1") -> AsyncIterator[Link]:
    """A link to the server of a URL, from an address of this machine, while the block lasts."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    link = Link(parts.hostname, parts.port)
    await link.open(host)
    try:
        yield link
    finally:
        await link.close()


def url_through(link: Link | None, url: str) -> str:
    """A server's URL that leads through a link, if there is one."""
    return url if link is None else link.through(url)
