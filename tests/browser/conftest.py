"""One browser for each worker, and axe-core."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from ninthweek.servers import ServersUnavailable
from tests.browser.looking import Looker, looker
from tests.support import chromium
from tests.support.npm import installed

HERE = Path(__file__).parent
SCREENSHOTS = HERE.parents[1] / "var" / "screenshots"

OpenBrowser = Callable[..., AbstractAsyncContextManager[Looker]]
"""Opens a browser for one person; with `has_scripts=False`, one without JavaScript."""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script that finds what makes a page inaccessible."""
    return (installed(HERE / "axe", "axe") / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    try:
        program = chromium.chromium()
    except ServersUnavailable as reason:
        pytest.skip(str(reason))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
def open_browser(browser: Browser, axe: str, request: pytest.FixtureRequest) -> OpenBrowser:
    folder = SCREENSHOTS / request.node.name if request.config.option.screenshots else None
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    return partial(looker, browser, axe, folder)
