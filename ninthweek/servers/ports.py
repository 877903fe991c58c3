import random
import socket

# Below what systems hand out to outgoing connections (Linux: from 32768). A client that keeps trying
# to connect to a stopped server could otherwise be given that very port itself, connect to itself, and so
# keep the server from coming back.
_FIRST, _LAST = 20_000, 32_000


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on now."""
    # Any free port will do: no secret depends on the choice.
    for port in random.sample(range(_FIRST, _LAST), k=1_000):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port of 127.0.0.1 between {_FIRST} and {_LAST}")
