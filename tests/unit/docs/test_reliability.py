"""What the documentation says is shown by a test is."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent


def test_every_fault_has_the_test_that_is_named() -> None:
    named = set(re.findall(r"`(test_\w+[.]py)`", (ROOT / "docs" / "reliability.md").read_text()))
    assert named
    assert named <= {path.name for path in (ROOT / "tests" / "faults").iterdir()}
