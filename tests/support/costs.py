"""What the tests of a run cost, file by file: `make test COSTS=1`."""

from collections import defaultdict
from dataclasses import dataclass, field

import pytest

FILES = 40


@dataclass
class Costs:
    """The seconds of setup, call and teardown, as reported to the process that starts the workers."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    tests: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        self.seconds[file] += report.duration
        self.tests[file] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("what it cost: seconds, tests, file")
        slowest = sorted(self.seconds, key=lambda file: -self.seconds[file])
        for file in slowest[:FILES]:
            terminalreporter.write_line(f"{self.seconds[file]:8.1f} {self.tests[file]:5} {file}")
        rest = slowest[FILES:]
        if rest:
            seconds, tests = sum(self.seconds[file] for file in rest), sum(self.tests[file] for file in rest)
            terminalreporter.write_line(f"{seconds:8.1f} {tests:5} in {len(rest)} other files")
