"""A host who fills in the template in a browser."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from shared.contracts.submissions import ProjectTemplate
from tests.support.intake import a_template

HTMX = {"HX-Request": "true"}

STEPS = {
    "project": ("title", "category", "scope", "strategic_focus"),
    "work": ("tasks", "deliverables"),
    "supervision": ("supervisor_name", "supervision"),
    "students": ("skills", "attributes", "disciplines"),
    "arrangements": ("mode", "places", "week", "days", "starts_on"),
}


def as_typed(template: ProjectTemplate, step: str) -> dict[str, str]:
    """What a host types into a step to enter this template."""
    content = template.model_dump(mode="json")
    return {field: as_text(content[field]) for field in STEPS[step]}


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of a form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))


@dataclass
class HostPages:
    """A host's browser."""

    browser: httpx.AsyncClient

    async def begin(self) -> str:
        """Begin a draft of a new project; returns its path."""
        answer = await self.browser.post("/host/drafts")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def open(self, path: str) -> httpx.Response:
        page = await self.browser.get(path)
        assert page.status_code == 200, page.text
        return page

    async def save(
        self, path: str, typed: Mapping[str, str], *, form: Mapping[str, str] | None = None, htmx: bool = False
    ) -> httpx.Response:
        """Save a step, in a window whose hidden fields are given or in a new one."""
        form = form if form is not None else hidden(await self.open(path))
        return await self.browser.post(path, data={**form, **typed}, headers=HTMX if htmx else {})

    async def write(self, draft: str, **changes: Any) -> None:
        """Go through all steps with a valid project, with these changes, and accept the obligations."""
        template = a_template(**changes)
        for step in STEPS:
            await self.save(f"{draft}/{step}", as_typed(template, step))
        await self.browser.post(f"{draft}/obligations", data={"obligations": "yes"})

    async def send(self, draft: str) -> httpx.Response:
        """Send the draft as it is, even if its preview has no button for it."""
        version = hidden(await self.open(f"{draft}/project"))["version"]
        return await self.browser.post(f"{draft}/preview", data={"version": version})


def as_text(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)
