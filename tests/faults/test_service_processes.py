"""Services in processes of their own leave none behind, whatever becomes of whoever started them."""

import asyncio
import signal
import sys
from pathlib import Path

import psutil

from tests.support.waiting import until

ROOT = Path(__file__).parent.parent.parent

START_AND_DIE = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.support.processes import start_process

async def main():
    started = [await start_process("probe", database_url=sys.argv[1], amqp_url=sys.argv[2]) for _ in range(2)]
    Path(sys.argv[3]).write_text(" ".join(str(process.pid) for process in started))
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_when_whoever_started_them_is_killed(test_database_url: str, amqp_url: str, tmp_path: Path) -> None:
    noted = tmp_path / "pids"
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", START_AND_DIE, test_database_url, amqp_url, str(noted), cwd=ROOT
    )
    assert await starter.wait() == -signal.SIGKILL
    pids = [int(pid) for pid in noted.read_text().split()]
    assert len(pids) == 2

    async def none_is_left() -> bool:
        return not any(map(psutil.pid_exists, pids))

    await until(none_is_left)
