"""A person with a browser: each page they see is checked for what must hold of every page."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize

DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=360, height=740)

ANSWERED_WITHIN = 20_000
"""Milliseconds; far less is needed, but the machine may be busy with everything else."""

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""WCAG 2.2 AA."""

RUN_AXE = """
    async tags => (await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}))
        .violations.flatMap(({id, help, nodes}) => nodes.map(
            ({target, failureSummary}) => `${id}: ${target.join(' ')}: ${failureSummary.replace(/\\s+/g, ' ')}`
        ))
"""

FORGET_STYLES = "() => document.querySelectorAll('[style]').forEach(each => each.removeAttribute('style'))"
"""A look leaves inline styles behind; HTMX would copy them into what it swaps in, and our policy forbids that."""

WIDER_THAN_THE_SCREEN = """
    () => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
        [...document.body.querySelectorAll('*')]
            .filter(each => each.getBoundingClientRect().left + each.scrollWidth > innerWidth + 1)
            .map(each => each.tagName.toLowerCase() + (each.className ? '.' + each.className : ''))
            .slice(0, 8)
"""

REFUSED_AS_MEANT = re.compile(r"Failed to load resource: the server responded with a status of 4(09|22) ")
"""A form that is shown again, with what is at fault."""


@dataclass
class Looker:
    """A person with a browser of their own. `wrong` lists what is wrong with the pages that they saw."""

    page: Page
    axe: str
    screenshots: Path | None
    """Where pictures of the pages are kept, if anywhere: to draw them takes a fifth of the time."""
    has_scripts: bool = True
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"{self._where}: {error}"))

    async def look(self, name: str) -> None:
        """Look at the page that is shown, wide and narrow, and note what is wrong with it."""
        for width, size in (("desktop", DESKTOP), ("phone", PHONE)):
            await self.page.set_viewport_size(size)
            if self.has_scripts:
                self.wrong += [f"{self._where}, {width}: {found}" for found in await self._found()]
            too_wide = await self.page.evaluate(WIDER_THAN_THE_SCREEN)
            self.wrong += [f"{self._where}, {width}: is wider than the screen: {each}" for each in too_wide]
            if self.screenshots:
                await self.page.screenshot(path=self.screenshots / f"{name}.{width}.png", full_page=True)
        await self.page.evaluate(FORGET_STYLES)
        await self.page.set_viewport_size(DESKTOP)

    async def _found(self) -> list[str]:
        if not await self.page.evaluate("() => 'axe' in window"):
            await self.page.evaluate(self.axe)
        found: list[str] = await self.page.evaluate(RUN_AXE, AXE_TAGS)
        return found

    def _note_console(self, message: ConsoleMessage) -> None:
        """Note what a page writes to the console: an error of a script, or what the content security policy forbade."""
        if message.type in {"error", "warning"} and not REFUSED_AS_MEANT.match(message.text):
            at = message.location
            self.wrong.append(f"{self._where}: the console says: {message.text} ({at['url']}:{at['lineNumber']})")

    @property
    def _where(self) -> str:
        return re.sub(r"^\w+://[^/]+", "", self.page.url)


@asynccontextmanager
async def looker(
    browser: Browser, axe: str, screenshots: Path | None, *, has_scripts: bool = True
) -> AsyncIterator[Looker]:
    """Somebody who has not signed in yet."""
    context = await browser.new_context(viewport=DESKTOP, java_script_enabled=has_scripts, reduced_motion="reduce")
    try:
        context.set_default_timeout(ANSWERED_WITHIN)
        yield Looker(await context.new_page(), axe, screenshots, has_scripts)
    finally:
        await context.close()
