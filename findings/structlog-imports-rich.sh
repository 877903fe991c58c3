#!/usr/bin/env bash
# structlog 26.1.0 with rich 15.0.0 and greenlet 3.5.6, Python 3.11
#
# "import structlog" imports rich, Pygments and greenlet wherever they happen to be installed, also for a service that
# logs JSON and never draws on a terminal. Another package's dependency makes every process larger and slower to start.
#
# Seen (memory differs a little from run to run):
#   alone: 171 modules, 12.8 MiB; of rich, pygments and greenlet: 0
#   beside rich and greenlet: 258 modules, 18.6 MiB; of rich, pygments and greenlet: 68

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"

import_structlog() {
    "$folder/venv/bin/python" - "$1" <<'PYTHON'
import sys


def resident_mib() -> float:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


before = resident_mib()
import structlog

grown = resident_mib() - before
extra = sum(name.split(".")[0] in {"rich", "pygments", "greenlet"} for name in sys.modules)
print(f"{sys.argv[1]}: {len(sys.modules)} modules, {grown:.1f} MiB; of rich, pygments and greenlet: {extra}")
assert (extra > 30) is (sys.argv[1] != "alone")
PYTHON
}

"$folder/venv/bin/pip" install --quiet structlog==26.1.0
import_structlog alone
"$folder/venv/bin/pip" install --quiet rich==15.0.0 greenlet==3.5.6
import_structlog "beside rich and greenlet"
