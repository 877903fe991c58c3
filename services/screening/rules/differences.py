"""What a host changed between two revisions of its project."""

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.contracts.submissions import ProjectTemplate


class Difference(BaseModel):
    """A field of the template, before and after."""

    model_config = ConfigDict(frozen=True)

    field: str
    before: JsonValue
    after: JsonValue


def differences(before: ProjectTemplate, after: ProjectTemplate) -> list[Difference]:
    """Every field that changed, in the order of the template."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return [Difference(field=field, before=old[field], after=new[field]) for field in old if old[field] != new[field]]
