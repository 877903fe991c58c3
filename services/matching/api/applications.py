"""What the JSON about an offer and about a placement has in common: the application that it came of."""

from pydantic import BaseModel, ConfigDict

from shared.contracts.fields import ApplicationId, HostId, ProjectId, RoundId, StudentId


class OfApplication(BaseModel):
    """The ids that everything about an application carries."""

    model_config = ConfigDict(from_attributes=True)

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    host_id: HostId
