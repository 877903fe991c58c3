"""The questions for each side, and the answers that they can have."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.contracts.evaluation import Respondent
from shared.contracts.faults import Fault, faults_of
from shared.refusals import Invalid

OneToFive = Annotated[int, Field(ge=1, le=5, strict=True)]
ZeroToTen = Annotated[int, Field(ge=0, le=10, strict=True)]


class Answers(BaseModel):
    """One side's answers; the survey has the text of each question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: OneToFive
    supervision: OneToFive
    skills_before: OneToFive
    skills_after: OneToFive
    network: OneToFive
    recommend: ZeroToTen
    comment: Annotated[str, Field(max_length=5_000, pattern=r"^[^\x00]*$", description="Never published.")] = ""


class Question(BaseModel):
    """A question, and the meaning of its lowest and highest answers; a question for a comment has none."""

    model_config = ConfigDict(frozen=True)

    field: str
    text: str
    lowest: int | None = None
    lowest_means: str = ""
    highest: int | None = None
    highest_means: str = ""

    @property
    def is_scale(self) -> bool:
        return self.highest is not None


def _scored(field: str, text: str, lowest_means: str, highest_means: str) -> Question:
    return Question(field=field, text=text, lowest=1, lowest_means=lowest_means, highest=5, highest_means=highest_means)


def _likely(text: str) -> Question:
    return Question(
        field="recommend",
        text=text,
        lowest=0,
        lowest_means="not at all likely",
        highest=10,
        highest_means="extremely likely",
    )


QUESTIONS: Final[dict[Respondent, tuple[Question, ...]]] = {
    "student": (
        _scored("outcome", "How far did your work reach what the project set out to do?", "not at all", "in full"),
        _scored("supervision", "How well were you supervised?", "poorly", "very well"),
        _scored(
            "skills_before", "Before the placement, how good were you at this kind of work?", "a beginner", "expert"
        ),
        _scored("skills_after", "And now, after it?", "a beginner", "expert"),
        _scored(
            "network", "How much did the placement widen the circle of people you could turn to?", "not at all", "a lot"
        ),
        _likely("How likely are you to recommend a micro-placement to another student?"),
        Question(field="comment", text="What should we keep, and what should we change?"),
    ),
    "host": (
        _scored(
            "outcome", "How far did the student's work reach what the project set out to do?", "not at all", "in full"
        ),
        _scored("supervision", "How well could you supervise the student?", "poorly", "very well"),
        _scored(
            "skills_before",
            "On the first day, how good was the student at this kind of work?",
            "a beginner",
            "expert",
        ),
        _scored("skills_after", "And on the last day?", "a beginner", "expert"),
        _scored(
            "network",
            "How much did the placement widen your contacts with students and the university?",
            "not at all",
            "a lot",
        ),
        _likely("How likely are you to recommend hosting to another organisation?"),
        Question(field="comment", text="What should we keep, and what should we change?"),
    ),
}


def answers_of(questions: Sequence[Question], given: Mapping[str, object]) -> Answers:
    """The answers that were given. Raises `Invalid`: for unanswered questions if there are any, else for all faults."""
    if faults := unanswered(questions, given):
        raise Invalid(faults)
    try:
        return Answers.model_validate(given)
    except ValidationError as error:
        raise Invalid(faults_of(error.errors())) from None


def unanswered(questions: Sequence[Question], given: Mapping[str, object]) -> list[Fault]:
    """A fault for each question that is not answered; a comment need not be given."""
    return [
        Fault(field=question.field, reason=f"Choose an answer to question {number}.")
        for number, question in enumerate(questions, 1)
        if question.is_scale and given.get(question.field) is None
    ]
