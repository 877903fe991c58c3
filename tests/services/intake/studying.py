"""A student who uses the catalogue in a browser."""

import html
import re
from dataclasses import dataclass

import httpx

from tests.support.intake import a_pdf
from tests.support.running import RunningService

STATEMENT = "I enjoy making a messy table tell the truth."


@dataclass
class Studying:
    """A student's browser, and the intake that it visits."""

    browser: httpx.AsyncClient
    intake: RunningService

    async def page(self, path: str, *, status: int = 200) -> str:
        """The text of a page without its markup, each run of white space as one space."""
        return words_of(await self.open(path, status=status))

    async def open(self, path: str, *, status: int = 200) -> httpx.Response:
        answer = await self.browser.get(path)
        assert answer.status_code == status, answer.text
        return answer

    async def titles(self, path: str) -> list[str]:
        """The titles of the projects on a page, in order."""
        found = re.findall(r'class="project-title"><a href="[^"]*">(.*?)</a>', (await self.open(path)).text)
        return [html.unescape(title) for title in found]

    async def counts(self, path: str) -> dict[str, int]:
        """How many projects each value of each filter would leave."""
        page = (await self.open(path)).text
        found = re.findall(r'name="(\w+)" value="([^"]*)"[^>]*> <span>.*?</span> <span[^>]*>(\d+)</span>', page)
        return {f"{name}: {html.unescape(value)}": int(count) for name, value, count in found}

    async def form(self, project_id: str = "P0001") -> dict[str, str]:
        """The hidden fields of the form to apply for a project."""
        page = await self.open(f"/catalogue/{project_id}/application")
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))

    async def apply(
        self,
        project_id: str = "P0001",
        *,
        file: bytes | None = None,
        form: dict[str, str] | None = None,
        **changes: str,
    ) -> httpx.Response:
        """Send the form with a CV, or with the one that `cv` chooses, and wait until intake is quiet."""
        answer = await self.send(project_id, file=file, form=form, **changes)
        await self.intake.quiet()
        return answer

    async def send(
        self,
        project_id: str = "P0001",
        *,
        file: bytes | None = None,
        form: dict[str, str] | None = None,
        **changes: str,
    ) -> httpx.Response:
        """Send the form as `apply` does, without waiting for what follows."""
        form = form if form is not None else await self.form(project_id)
        written = {**form, "preference": "1", "statement": STATEMENT, **changes}
        files = {} if "cv" in changes else {"file": ("cv.pdf", a_pdf() if file is None else file, "application/pdf")}
        return await self.browser.post(f"/catalogue/{project_id}/application", data=written, files=files)


def words_of(answer: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def faults_in(answer: httpx.Response) -> list[str]:
    """The reasons in a form's summary, as somebody reads them."""
    summary = re.search(r'<div class="notice bad" role="alert".*?</div>', answer.text, re.DOTALL)
    return [html.unescape(reason) for reason in re.findall(r'<a href="#\w+">(.*?)</a>', summary[0])] if summary else []
