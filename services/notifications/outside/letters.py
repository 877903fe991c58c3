"""What a mail says: subject, text and HTML, from one template.

A mail's template (`pages/mails/offer_made.jinja`) is written once, in parts: `paragraph`, `bullets`, `details`,
`action`, `quotation`. The parts and the layout around them exist twice, in `pages/text/` and in `pages/html/`. The same
template rendered with either gives the two halves of the mail, so they cannot differ in what they say.
"""

import re
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


@cache
def _inliner() -> "CSSInliner":
    # Held from the first mail on: a replica that waits for its turn sends none.
    from css_inline import CSSInliner  # noqa: PLC0415

    return CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words: the subject in one line, the body as text and as an HTML document."""

    subject: str
    text: str
    html: str


def write_letter(template: Template, facts: Mapping[str, Any]) -> Letter:
    """Render a template; raises `jinja2.UndefinedError` where it states what is not among the facts.

    Dates and moments stand among the facts as ISO 8601 text, as the database keeps them.
    """
    text = _pages("text").get_template(f"{template}.jinja").make_module(dict(facts))
    html = _pages("html").get_template(f"{template}.jinja").render(facts)
    return Letter(
        subject=one_line(vars(text)["subject"]),
        text=re.sub(r"\n{3,}", "\n\n", str(text)).strip() + "\n",
        html=_inliner().inline(html),
    )


def one_line(text: str) -> str:
    """The text as a header can carry it: without line breaks and other control characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


@cache
def _pages(kind: Literal["text", "html"]) -> Environment:
    """The templates, compiled once, with the parts and phrases of which they are made."""
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
    """The words in lines of at most `TEXT_WIDTH`; the first line begins with `first` and the others with `then`."""
    words = iter(str(text).split())
    lines = [first + next(words, "")]
    for word in words:
        if len(lines[-1]) + 1 + len(word) <= TEXT_WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(then + word)
    return "\n".join(lines)


def quoted(text: str) -> str:
    """Another's words, line by line as they were written."""
    return "\n".join(wrapped(line, "> ", "> ").rstrip() for line in text.strip().splitlines())
