"""A page as a visitor sees it: its text, and where its links and forms lead."""

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
        """The text of the page without markup, in one line."""
        body = re.sub(r"<head>.*?</head>", " ", self.answer.text, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.answer.text, flags=re.DOTALL)
        assert found, self.answer.text
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split())

    @property
    def links(self) -> set[str]:
        """The addresses of its links."""
        return set(re.findall(r'<a [^>]*href="([^"]+)"', self.answer.text))

    @property
    def actions(self) -> set[str]:
        """The addresses to which its forms are sent, without the form for signing out."""
        return set(re.findall(r'<form [^>]*action="([^"]+)"', self.answer.text)) - {"/sign-out"}

    def value_of(self, field: str) -> str:
        found = re.search(rf'<input [^>]*name="{field}"[^>]*value="([^"]*)"', self.answer.text)
        assert found, f"no field {field}"
        return unescape(found[1])
