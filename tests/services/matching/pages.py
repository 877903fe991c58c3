"""A page as whoever looks at it finds its way around: what it says, and what its links and forms lead to."""

import re
from dataclasses import dataclass
from html import unescape

import httpx


@dataclass
class Page:
    """An answer that is a page."""

    answer: httpx.Response

    @property
    def text(self) -> str:
        """What it says, without its markup, in one line."""
        body = re.sub(r"<head>.*?</head>", " ", self.answer.text, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.answer.text, flags=re.DOTALL)
        assert found, self.answer.text
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split())

    @property
    def links(self) -> set[str]:
        """Where it leads."""
        return set(re.findall(r'<a [^>]*href="([^"]+)"', self.answer.text))

    @property
    def actions(self) -> set[str]:
        """Where its forms are sent, but for that of signing out."""
        return set(re.findall(r'<form [^>]*action="([^"]+)"', self.answer.text)) - {"/sign-out"}

    def value_of(self, field: str) -> str:
        found = re.search(rf'<input [^>]*name="{field}"[^>]*value="([^"]*)"', self.answer.text)
        assert found, f"no field {field}"
        return unescape(found[1])
