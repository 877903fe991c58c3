"""The content of a mail: subject, text and HTML, all from one template.

A mail's template (`pages/mails/offer_made.jinja`) is made of parts: `paragraph`, `bullets`, `details`, `action`,
`quotation`. Each part, and the layout around them, exists twice: in `pages/text/` and in `pages/html/`. The template is
rendered once with either, so that text and HTML of a mail cannot differ in what they say.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.notifications.rules.mails import Template
from shared import dates
from shared.obligations import host_obligations

if TYPE_CHECKING:
    from css_inline import CSSInliner

PAGES = Path(__file__).parents[1] / "pages"
TEXT_WIDTH = 72
"""Characters of a line of text."""


@cache
def _inliner() -> "CSSInliner":
    # Imported with the first mail: a replica that never sends one need not load it.
    from css_inline import CSSInliner  # noqa: PLC0415

    return CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class MailText:
    """The content of a mail: the subject in one line, the body as text and as an HTML document."""

    subject: str
    text: str
    html: str


def render(template: Template, facts: Mapping[str, Any]) -> MailText:
    """Render the template of a mail; raises `jinja2.UndefinedError` if it needs a fact that is missing.

    Dates and moments among the facts are ISO 8601 text, as the database stores them.
    """
    text = _pages("text").get_template(f"{template}.jinja").make_module(dict(facts))
    html = _pages("html").get_template(f"{template}.jinja").render(facts)
    return MailText(
        subject=one_line(vars(text)["subject"]),
        text=re.sub(r"\n{3,}", "\n\n", str(text)).strip() + "\n",
        html=_inliner().inline(html),
    )


def one_line(text: str) -> str:
    """The text as a header can have it: without line breaks and other control characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


@cache
def _pages(kind: Literal["text", "html"]) -> Environment:
    """The environment of the templates, with the parts and phrases that they are made of. Compiled once."""
    pages = Environment(
        loader=FileSystemLoader([PAGES / kind, PAGES / "mails", PAGES]),
        autoescape=kind == "html",  # noqa: S701 - plain text has no markup
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    pages.filters |= {
        "day": lambda of: dates.day(date.fromisoformat(of)),
        "day_of": lambda deadline: dates.day_of(datetime.fromisoformat(deadline)),
        "moment": lambda of: dates.moment(datetime.fromisoformat(of)),
        "wrapped": wrapped,
        "quoted": quoted,
    }
    pages.globals["days_between"] = lambda first, last: dates.days_between(
        date.fromisoformat(first), date.fromisoformat(last)
    )
    pages.globals["host_obligations"] = host_obligations
    for source in ("parts.jinja", "phrases.jinja"):
        module = pages.get_template(source).module
        pages.globals |= {name: macro for name, macro in vars(module).items() if not name.startswith("_")}
    return pages


def wrapped(text: str, first: str = "", then: str = "") -> str:
    """The words in lines of at most `TEXT_WIDTH`. The first line begins with `first`, the others with `then`.

    A word that is longer, such as the address of a page, has a line of its own and stays whole.
    """
    words = " ".join(str(text).split())
    lines = textwrap.wrap(
        words,
        TEXT_WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines) or first


def quoted(text: str) -> str:
    """A text by somebody else as a quotation, which keeps its line breaks."""
    return "\n".join(wrapped(line, "> ", "> ").rstrip() for line in text.strip().splitlines())
