"""The pages of screening, as people use them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

import httpx

from tests.support.running import RunningService

SCREENING = "/staff/screening"
SCORES = {f"score_{name}": "3" for name in ("tangible_outcome", "scope", "supervision", "learning", "suitability")}
RULE = {"host_id": "H0001", "round_id": "trinity-2027", "reason": "Hosted four times."}


@dataclass
class ReviewPages:
    """A running screening, and the browsers of the people who use it, by name."""

    screening: RunningService
    browsers: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def page(self, path: str = "", *, who: str = "quinn", **query: str) -> str:
        """The text of a page, without its markup; each run of white space is one space."""
        answer = await self.browsers[who].get(f"{SCREENING}{path}", params=query)
        assert answer.status_code == 200, answer.text
        return text_of(answer)

    async def act(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        who: str = "hana",
        project_id: str = "P0001",
        revision: int = 1,
    ) -> httpx.Response:
        """Send one of the forms of a revision's page."""
        of_revision = f"{SCREENING}/projects/{project_id}/revisions/{revision}/{path}"
        return await self.browsers[who].post(of_revision, data=form)

    async def prepare(
        self, verdict: str, comments: str = "", *, who: str = "hana", project_id: str = "P0001", revision: int = 1
    ) -> None:
        form = {"verdict": verdict, "comments": comments}
        answer = await self.act("verdict", form, who=who, project_id=project_id, revision=revision)
        assert answer.status_code == 303, answer.text

    async def chosen(self, **query: str) -> list[str]:
        """The values of the verdicts that the preview of a release offers."""
        page = (await self.browsers["quinn"].get(f"{SCREENING}/release", params=query)).text
        return re.findall(r'<input type="checkbox" name="chosen" value="([^"]+)" checked', page)

    async def release(self, *chosen: str, who: str = "quinn") -> httpx.Response:
        answer = await self.browsers[who].post(f"{SCREENING}/release", data={"chosen": list(chosen)})
        await self.screening.quiet()
        return answer

    async def set_rule(self, *, who: str = "quinn", **changes: str | list[str]) -> httpx.Response:
        return await self.browsers[who].post(f"{SCREENING}/rules", data=RULE | changes)


def text_of(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
