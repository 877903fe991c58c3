"""The report: charts as inline SVG, with their numbers in tables.

It is rendered for a page of the common layout, or as a standalone page to keep and print: that page has no script and
fetches nothing.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.evaluation.rules.report import FEWEST_ANSWERS, Breakdown, Dimension, GroupReport, Report, Scores
from services.evaluation.web import charts
from services.evaluation.web.charts import Chart, Sides
from shared.clock import LOCAL_TIME
from shared.web.layout import ASSETS

TITLES: Final = {
    Dimension.CATEGORY: "Project category",
    Dimension.SECTOR: "Sector",
    Dimension.SIZE: "Host size",
    Dimension.ALUMNI: "Alumni host",
    Dimension.COUNTRY: "Country of the host",
    Dimension.DISCIPLINE: "Discipline",
    Dimension.DIVISION: "Division",
    Dimension.LEVEL: "Level of study",
    Dimension.DOMICILE: "Domicile",
}
TOO_FEW: Final = f"fewer than {FEWEST_ANSWERS}"
PAGES: Final = Path(__file__).parent.parent / "pages"
STYLE: Final = (PAGES / "standalone.css").read_text() + (ASSETS / "report.css").read_text()
"""The style of the standalone page."""

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The policy of the standalone page: it allows that style and nothing else."""

_WORDS: Final = {
    (Dimension.ALUMNI, "yes"): "Alumni host",
    (Dimension.ALUMNI, "no"): "Other host",
    (Dimension.SIZE, "sme"): "SME",
}


def render(report: Report) -> str:
    """The report as a standalone page, with its style in it."""
    return _pages.get_template("report.html").render(style=STYLE, **_facts(report))


def render_body(report: Report) -> str:
    """The report without a page around it; the page needs the style `report.css` from the assets."""
    return _pages.get_template("report_body.html").render(_facts(report))


def _facts(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "headlines": _headlines(report),
        "overview": _overview(report),
        "everyone": [("All", _sides(report))],
        "breakdowns": [
            (breakdown.dimension, TITLES[breakdown.dimension], _panels(breakdown), _groups(breakdown))
            for breakdown in report.breakdowns
        ],
    }


def _headlines(report: Report) -> list[tuple[str, str, str]]:
    """Each headline: its title, and its value for students and for hosts."""

    def score(title: str, text: Callable[[Scores], str]) -> tuple[str, str, str]:
        student, host = (text(side.scores) if side.scores else TOO_FEW for side in (report.student, report.host))
        return title, student, host

    return [
        ("Response rate", _percent(report.student.response_rate), _percent(report.host.response_rate)),
        score("Outcome", lambda scores: _decimal(scores.outcome)),
        score("Supervision", lambda scores: _decimal(scores.supervision)),
        score("Skills gained", lambda scores: _signed(scores.skills_gain)),
        score("Network", lambda scores: _decimal(scores.network)),
        score("Net promoter", lambda scores: _signed(scores.net_promoter)),
    ]


def _overview(report: Report) -> list[Chart]:
    scores = (charts.OUTCOME, charts.SUPERVISION, charts.SKILLS, charts.NETWORK)
    sides: list[tuple[str, Sides]] = [("Students", {"student": report.student}), ("Hosts", {"host": report.host})]
    return [
        charts.by_group("everyone-response", charts.RESPONSE, sides),
        charts.by_measure("everyone-scores", "Mean scores, 1 to 5", scores, _sides(report)),
        charts.by_group("everyone-recommend", charts.RECOMMEND, sides),
    ]


def _panels(breakdown: Breakdown) -> list[Chart]:
    groups = _groups(breakdown)
    return [charts.by_group(f"{breakdown.dimension}-{measure.key}", measure, groups) for measure in charts.MEASURES]


def _groups(breakdown: Breakdown) -> list[tuple[str, Sides]]:
    return [(_label(breakdown.dimension, group.value), _sides(group)) for group in breakdown.groups]


def _sides(part: Report | GroupReport) -> Sides:
    return {"student": part.student, "host": part.host}


def _label(dimension: Dimension, value: str | None) -> str:
    """A group's name for readers: as it was sent, with a capital letter."""
    if not value:
        return "Not known"
    return _WORDS.get((dimension, value)) or value[:1].upper() + value[1:]


def _decimal(value: float) -> str:
    return f"{value:.1f}"


def _signed(value: float) -> str:
    """With its sign, and a true minus: `+1.2`, `−0.3`, `0`."""
    return f"{value:+}".replace("-", "−") if value else "0"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL_TIME):%-d %B %Y, %H:%M}"


_pages = Environment(
    loader=PackageLoader("services.evaluation", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters |= {
    "decimal": _decimal,
    "signed": _signed,
    "percent": _percent,
    "day": _day,
    "moment": _moment,
}
_pages.globals |= {"sizes": charts, "too_few": TOO_FEW}
