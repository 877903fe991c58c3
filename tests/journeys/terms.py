"""Makes up terms, with other dates, limits and faults than the bundled one, as large as wanted.

`.venv/bin/python -m tests.journeys.terms var/large --students 5000` writes one, to be played.
"""

import argparse
import csv
import json
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from shutil import copytree
from typing import Any

import ninthweek.demonstration

BUNDLED = Path(ninthweek.demonstration.__file__).parent / "terms" / "trinity-2027"
HOURS_A_DAY = 7.5
VERDICTS = ("approve", "return", "decline", None)
SECTORS = ("Finance", "Heritage and museums", "Health and life sciences", "Education")

Line = dict[str, Any]


class MadeUpTerm:
    """A term that is made up by a seed: the same one each time."""

    def __init__(self, *, seed: int, students: int) -> None:
        self._random = Random(seed)
        self._size = students
        self._begins_on = date(2028, 1, 3) + timedelta(weeks=self._random.randrange(150))
        self._limit = self._random.randint(1, 4)
        first_week = self._random.randrange(11)
        self._weeks = {first_week + place: self._day(13 + place) for place in (0, 1)}
        self._files: defaultdict[str, list[Line]] = defaultdict(list)
        self._refused: dict[str, list[str]] = {}
        self._approved: dict[str, Line] = {}
        self._received: list[Line] = []

    def write(self, folder: Path) -> Path:
        """Write it as a folder that the demonstration takes."""
        self._add_hosts_and_students()
        self._add_projects()
        self._add_faulty_projects()
        self._add_applications()
        self._add_faulty_applications()
        self._add_script()
        (folder / "script").mkdir(parents=True)
        copytree(BUNDLED / "cvs", folder / "cvs")
        (folder / "round.toml").write_text(self._calendar())
        (folder / "expected.json").write_text(json.dumps(self._expected()))
        for name, lines in self._files.items():
            _write(folder / name, lines)
        return folder

    def _add_hosts_and_students(self) -> None:
        for number in range(max(2, self._size // 4)):
            host: Line = {"host_id": f"H{number}", "organisation": f"Host {number} & Söhne", "kind": "museum"}
            host |= {"legal_status": "charity", "sector": self._random.choice(SECTORS), "city": "Oxford"}
            host |= {"size": self._random.choice(["sme", "large"]), "country": self._random.choice(["GB", "DE"])}
            host |= {"alumni": self._random.choice(["yes", "no"]), "returning": self._random.choice(["yes", "no"])}
            host |= {"contact_name": f"Contact {number}", "contact_email": f"contact{number}@host.example"}
            self._files["hosts.csv"].append(host)
        for number in range(self._size):
            student: Line = {
                "student_id": f"S{number}",
                "name": f"Zoë {number}",
                "email": f"student{number}@college.example",
            }
            student |= {"level": "UG", "year": self._random.randint(1, 4), "discipline": "History"}
            student |= {"division": "Humanities", "domicile": self._random.choice(["home", "international"])}
            student |= {"visa_weekly_hours": self._random.choice(["", "", "", "15", "20"])}
            self._files["students.csv"].append(student)

    def _add_projects(self) -> None:
        for number in range(max(3, self._size // 2)):
            project = self._project(f"P{number}")
            self._files["projects.csv"].append(project)
            verdict = "approve" if number == 0 else self._random.choices(VERDICTS, [75, 10, 10, 5])[0]
            if verdict:
                self._decide(project, verdict)
            if verdict == "return":
                project = project | {"revision": 2, "event_id": f"{project['event_id']}-2", "scope": "Clearer."}
                project["sent_at"] = self._moment(4)
                self._files["projects.csv"].append(project)
                self._decide(project, "approve")
            if verdict in {"approve", "return"}:
                self._approved[project["project_id"]] = project

    def _add_faulty_projects(self) -> None:
        faulty: dict[str, Line] = {
            "days": {"days": "six"},
            "week": {"week": 77},
            "starts_on": {"starts_on": "2028-01-01"},
            "places": {"places": 0},
            "tasks": {"tasks": " ; "},
            "host_id": {"host_id": "H-unknown"},
            "sent_at": {"sent_at": self._moment(4.5)},
        }
        for field, change in faulty.items():
            project = self._project(f"P-{field}") | change
            self._files["projects.csv"].append(project)
            self._refused[project["event_id"]] = [field]

    def _add_applications(self) -> None:
        for student in self._files["students.csv"]:
            hours = float(student["visa_weekly_hours"] or 168)
            fitting = [project for project in self._approved.values() if project["days"] * HOURS_A_DAY <= hours]
            chosen = self._random.sample(fitting, min(len(fitting), self._random.randint(0, self._limit)))
            for preference, project in enumerate(chosen, 1):
                application = self._application(student, project, preference)
                self._received.append(application)
                self._files["applications.csv"] += [application] * self._random.choice([1, 1, 1, 2])

    def _add_faulty_applications(self) -> None:
        """Each by a student who makes no other, but for the one that is beyond the limit."""
        project = self._approved["P0"]
        faulty: dict[str, Line] = {
            "sent_at": {"sent_at": self._moment(7)},
            "project_id": {"project_id": "P-unknown"},
            "statement": {"statement": "word " * 301},
            "cv": {"cv": self._random.choice(["cvs/two-pages.pdf", "cvs/not-a.pdf"])},
            "preference": {"preference": "first"},
        }
        template = self._files["students.csv"][0] | {"visa_weekly_hours": ""}
        for field, change in faulty.items():
            student = template | {"student_id": f"S-{field}", "email": f"{field}@college.example"}
            self._files["students.csv"].append(student)
            self._refuse(self._application(student, project, 1) | change, [field])
        self._refuse(self._application({"student_id": "S-unknown"}, project, 1), ["student_id"])
        full = [one["student_id"] for one in self._received if one["preference"] == self._limit]
        if full:
            over = self._application({"student_id": full[0]}, project, self._limit + 1)
            self._refuse(over | {"sent_at": self._moment(7) - timedelta(minutes=1)}, ["student_id"])
        if self._received:
            again = self._received[0] | {"statement": "Another one.", "sent_at": self._moment(7) - timedelta(minutes=2)}
            self._refuse(again, ["event_id"])

    def _add_script(self) -> None:
        ranked: defaultdict[str, list[str]] = defaultdict(list)
        for application in self._random.sample(self._received, len(self._received)):
            application_id = application["application_id"]
            if self._random.random() < 0.85:
                ranked[application["project_id"]].append(application_id)
            reply = self._random.choices(["accept", "decline", "ignore"], [70, 15, 15])[0]
            self._files["script/replies.csv"].append({"application_id": application_id, "reply": reply})
            for respondent in ("student", "host"):
                if self._random.random() < 0.8:
                    self._files["script/feedback.csv"].append(self._feedback(application_id, respondent))
        for project_id, application_ids in ranked.items():
            for rank, application_id in enumerate(application_ids, 1):
                line = {"project_id": project_id, "application_id": application_id, "rank": rank}
                self._files["script/rankings.csv"].append(line)

    def _project(self, project_id: str) -> Line:
        week, days = self._random.choice(list(self._weeks)), self._random.randint(2, 5)
        starts_on = self._weeks[week] + timedelta(days=self._random.randint(0, 5 - days))
        project: Line = {"event_id": f"evt-{project_id}", "sent_at": self._moment(self._random.uniform(0, 3))}
        project |= {"project_id": project_id, "revision": 1, "title": f"Project {project_id}", "category": "research"}
        project |= {"host_id": self._random.choice(self._files["hosts.csv"])["host_id"], "mode": "remote"}
        project |= {
            "scope": "A scope.",
            "tasks": "Read; Write",
            "deliverables": "A report",
            "skills": "",
            "attributes": "",
        }
        project |= {"strategic_focus": "Ours.", "supervision": "Daily.", "supervisor_name": "Hana B."}
        project |= {"skills": "", "attributes": "", "disciplines": "any", "places": self._random.randint(1, 3)}
        return project | {"week": week, "days": days, "starts_on": starts_on}

    def _application(self, student: Line, project: Line, preference: int) -> Line:
        name = f"{student['student_id']}-{preference}"
        return {
            "event_id": f"evt-A{name}",
            "sent_at": self._moment(5 + self._random.uniform(0, 1.9)),
            "application_id": f"A{name}",
            "student_id": student["student_id"],
            "project_id": project["project_id"],
            "preference": preference,
            "statement": "I enjoy making a messy table tell the truth. " * self._random.randint(1, 33),
            "cv": "cvs/one-page.pdf",
        }

    def _feedback(self, application_id: str, respondent: str) -> Line:
        scored = ("outcome", "supervision", "skills_before", "skills_after", "network")
        scores = {question: self._random.randint(1, 5) for question in scored}
        answers = scores | {"recommend": self._random.randint(0, 10), "comment": "As it should be."}
        return {"application_id": application_id, "respondent": respondent, **answers}

    def _decide(self, project: Line, verdict: str) -> None:
        line = {"project_id": project["project_id"], "revision": project["revision"], "verdict": verdict, "comment": ""}
        self._files["script/verdicts.csv"].append(line)

    def _refuse(self, application: Line, fields: list[str]) -> None:
        self._files["applications.csv"].append(application)
        self._refused[application["event_id"]] = fields

    def _expected(self) -> dict[str, Any]:
        return {
            "projects_approved": sorted(self._approved),
            "refused": self._refused,
            "applications_received": [application["application_id"] for application in self._received],
            "places": sum(project["places"] for project in self._approved.values()),
        }

    def _calendar(self) -> str:
        moments = {"submissions_open_at": 0, "submissions_close_at": 4.2, "opens_at": 5, "closes_at": 7}
        moments |= {"rankings_due_at": 8, "offers_at": 8.3}
        lines = [f'name = "Made up {self._begins_on}"']
        lines += [f"{name} = {self._moment(weeks).isoformat()}" for name, weeks in moments.items()]
        lines += [f"reply_within_days = {self._random.randint(1, 5)}", f"applications_per_student = {self._limit}"]
        for week, starts_on in self._weeks.items():
            lines += ["[[weeks]]", f"week = {week}", f"starts_on = {starts_on}"]
            lines += [f"ends_on = {starts_on + timedelta(days=4)}"]
        return "\n".join(lines)

    def _day(self, weeks: float) -> date:
        return self._begins_on + timedelta(weeks=weeks)

    def _moment(self, weeks: float) -> datetime:
        """So long after the term's beginning, to the second."""
        return datetime.combine(self._begins_on, time(9), UTC) + timedelta(seconds=round(weeks * 7 * 86_400))


def _write(file: Path, lines: list[Line]) -> None:
    with file.open("w", encoding="utf-8", newline="") as output:
        writer = csv.DictWriter(output, lines[0].keys())
        writer.writeheader()
        if "sent_at" in lines[0]:
            lines = [line | {"sent_at": line["sent_at"].isoformat()} for line in sorted(lines, key=_sent_at)]
        writer.writerows(lines)


def _sent_at(line: Line) -> datetime:
    moment: datetime = line["sent_at"]
    return moment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    MadeUpTerm(seed=given.seed, students=given.students).write(given.folder)


if __name__ == "__main__":
    main()
