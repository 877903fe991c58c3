"""What the JSON of an offer and of a placement have in common: the ids of the application."""

from pydantic import BaseModel, ConfigDict

from shared.contracts.fields import ApplicationId, HostId, ProjectId, RoundId, StudentId


class OfApplication(BaseModel):
    """The ids of an application, its student, project, host and round."""

    model_config = ConfigDict(from_attributes=True)

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    host_id: HostId
