"""Forms, read without trusting them: the fields as they were typed, and the faults of a model made from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from shared.contracts.faults import Fault, faults_of

MOST_FIELDS: Final = 400
LARGEST_FIELD: Final = 1_000_000
"""Bytes."""

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form as it was sent. A field that is missing, or cannot be read as asked, is empty or `None`."""

    form: FormData

    def line(self, name: str) -> str:
        """A text in one line, without white space around it."""
        return " ".join(self.text(name).split())

    def text(self, name: str) -> str:
        """A text of several lines."""
        value = self.form.get(name)
        return _clean(value) if isinstance(value, str) else ""

    def lines(self, name: str) -> list[str]:
        """The items of a list: one in each line, or in each field of that name. Empty ones are left out."""
        texts = (_clean(value) for value in self.form.getlist(name) if isinstance(value, str))
        return [line.strip() for text in texts for line in text.split("\n") if line.strip()]

    def choices(self, name: str) -> list[str]:
        """The options that were chosen."""
        return [_clean(value) for value in self.form.getlist(name) if isinstance(value, str)]

    def number(self, name: str) -> int | None:
        text = self.line(name)
        return int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else None

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.line(name))
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.line(name))

    def file(self, name: str) -> UploadFile | None:
        """A file, if one was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


async def read_form(request: Request) -> Submitted:
    """The form of a request. Its files are closed with the request; a malformed form raises the parser's error."""
    return Submitted(await request.form(max_files=5, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD))


FormIs = Annotated[Submitted, Depends(read_form)]


def model_of(model: type[ModelT], values: Mapping[str, Any]) -> tuple[ModelT | None, list[Fault]]:
    """A model made from a form's values; or `None`, and all faults of the values."""
    try:
        return model.model_validate(values), []
    except ValidationError as error:
        return None, faults_of(error.errors())


def _clean(text: str) -> str:
    """The text with one kind of line breaks, without U+0000, and without white space around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
