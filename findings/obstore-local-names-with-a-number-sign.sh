#!/usr/bin/env bash
# obstore 0.12.1, Python 3.11
#
# The local store keeps names that end in "#" and digits for its own half-written files. It refuses to put an object
# named so, as "statement #2", which a MemoryStore takes, and list() leaves out a file that has such a name already.
#
# Seen:
#   memory: put 'statement #2', listed ['statement #2']
#   local: GenericError: Generic LocalFileSystem error: Filenames containing trailing '/#\d+/' are not supported:
#     statement #2
#   in the folder ['statement #2', 'statement #2.pdf'], listed ['statement #2.pdf']

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet obstore==0.12.1
mkdir "$folder/objects"

"$folder/venv/bin/python" - "$folder/objects" <<'PYTHON'
import sys
from pathlib import Path

from obstore.exceptions import GenericError
from obstore.store import LocalStore, MemoryStore


def listed(store) -> list[str]:
    return sorted(entry["path"] for entry in store.list().collect())


memory = MemoryStore()
memory.put("statement #2", b"text")
print(f"memory: put 'statement #2', listed {listed(memory)}")
assert listed(memory) == ["statement #2"]

local = LocalStore(sys.argv[1])
try:
    local.put("statement #2", b"text")
except GenericError as error:
    print(f"local: GenericError: {str(error).splitlines()[0]}")
else:
    raise SystemExit("local: put 'statement #2'")

objects = Path(sys.argv[1])
for name in "statement #2", "statement #2.pdf":
    (objects / name).write_bytes(b"text")
print(f"in the folder {sorted(path.name for path in objects.iterdir())}, listed {listed(local)}")
assert listed(local) == ["statement #2.pdf"]
PYTHON
