"""What every service may say."""

from typing import Annotated

from pydantic import Field

from shared.contracts.message import Event


class MessageFailed(Event, about="message"):
    """A message could not be handled.

    It is kept whole among the service's failures, for staff to retry or discard.
    """

    message_id: Annotated[
        str, Field(description="The failed message's id.", examples=["evt-p-2018-00056"], max_length=200)
    ]
    service: Annotated[str, Field(description="The service that keeps it.", examples=["matching"])]
    message_type: Annotated[
        str,
        Field(
            description="Its type, where it had one.",
            examples=["ninthweek.ProjectApproved.v1"],
            max_length=200,
        ),
    ]
    error: Annotated[
        str,
        Field(
            description="The error's class and where it was raised; no personal data.",
            examples=["KeyError in place_students"],
        ),
    ]
    attempts: Annotated[int, Field(ge=0, description="How often it was tried.", examples=[5])]


class QueueStuck(Event, about="queue"):
    """A service's queue gets no further: the broker closes the channel again and again before a message is handled.

    Nothing is lost. Most often one message cannot be handed over: it ends among the dead letters, and the queue goes
    on.
    """

    queue_id: Annotated[str, Field(description="The queue's name.", examples=["matching.effects"], max_length=200)]
    service: Annotated[str, Field(description="The service whose queue it is.", examples=["matching"])]
    losses: Annotated[
        int,
        Field(ge=1, description="How often in a row its channel was lost before a message was handled.", examples=[4]),
    ]
    reason: Annotated[
        str,
        Field(
            description="The class of the error with which the channel was lost last; no personal data.",
            examples=["ConnectionInternalError"],
            max_length=200,
        ),
    ]
