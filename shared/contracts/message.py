"""The base classes of all messages: frozen pydantic models with a type, a subject and a version."""

import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

TYPE_PREFIX = "ninthweek"

type_registry: dict[str, type["Message"]] = {}
"""Every message class by its `ce-type`."""


class Message(BaseModel):
    """A message of any kind.

    A subclass declares what it is about, and its version if that is not 1:

        class ProjectApproved(Event, about="project"):
            project_id: ProjectId

    `about` is the kind of thing, whose id is the field `<about>_id`. `version` is the version of the contract: a change
    that would break a consumer is made in a new class with the next version, published beside the old one.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        # A service uses few of all messages: the validator and serialiser of one are built when it is first used.
        defer_build=True,
        # What we publish has every field, also those with a default: subscribers may rely on them.
        json_schema_serialization_defaults_required=True,
    )

    about: ClassVar[str]
    version: ClassVar[int]
    type: ClassVar[str]

    def __init_subclass__(cls, about: str = "", version: int = 1, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not about:
            return
        cls.about = about
        cls.version = version
        cls.type = f"{TYPE_PREFIX}.{cls.__name__}.v{version}"
        type_registry[cls.type] = cls

    @property
    def subject(self) -> str:
        """The thing that the message is about, such as `project/P0042`."""
        return subject(self.about, getattr(self, f"{self.about}_id"))

    @property
    def sequence(self) -> int | None:
        """The version of the subject, in messages whose facts are copied: the highest is the newest."""
        return None

    @classmethod
    def from_json(cls, body: bytes | str) -> Self:
        """Parse a body; raises `pydantic.ValidationError` with every field at fault."""
        return cls.model_validate_json(body)

    def to_json(self) -> bytes:
        return self.model_dump_json().encode()


class Event(Message):
    """Something that happened, published on the exchange `events` by the service that owns it."""

    routing_key: ClassVar[str]

    def __init_subclass__(cls, about: str = "", version: int = 1, **kwargs: Any) -> None:
        super().__init_subclass__(about=about, version=version, **kwargs)
        noun, *verb = re.findall(r"[A-Z][a-z]*", cls.__name__)
        key = f"{noun.lower()}.{'-'.join(word.lower() for word in verb)}"
        # A later version has a key of its own, so that it is not sent to services that only know the first.
        cls.routing_key = key if version == 1 else f"{key}.v{version}"


class Submission(Message):
    """A command of an outside system, on the exchange `submissions`; intake accepts or refuses it.

    One with a field that is not in the contract is refused: most often its name is misspelt.
    """

    model_config = ConfigDict(extra="forbid")

    noun: ClassVar[str]
    """The last word of the routing key: `<system>.<noun>`."""

    def __init_subclass__(cls, about: str = "", noun: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(about=about, **kwargs)
        cls.noun = noun


class Private(Message):
    """A message of a service to itself. It is never sent to `events`, and is not in the published contracts."""


class Timer(Private):
    """A message of a service to itself that is delivered at a moment of the programme's time.

    It cannot be cancelled: its handler checks whether it still matters.
    """


class Effect(Private):
    """A message of a service to itself whose handler acts on the outside, such as by sending a mail.

    It is handled alone, and outside any transaction.
    """


def subject(about: str, identifier: str) -> str:
    """The name of a thing in envelopes and locks: `subject("project", "P0042") == "project/P0042"`."""
    return f"{about}/{identifier}"


PERSONAL = {"x-personal": True}
"""The mark of a personal field, in its JSON Schema."""


def is_personal(model: type[BaseModel], field: str) -> bool:
    """Whether the contract marks the field as personal. Logs mask such fields."""
    extra = model.model_fields[field].json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("x-personal"))


Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$")]
"""An id given by the system that owns the thing: letters, digits, `.`, `_`, `:` and `-`."""
