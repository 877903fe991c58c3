"""The events that every service may publish."""

from typing import Annotated

from pydantic import Field

from shared.contracts.message import Event


class MessageFailed(Event, about="message"):
    """A service could not handle a message.

    The service keeps the whole message among its failures, where staff can retry or discard it.
    """

    message_id: Annotated[
        str, Field(description="The failed message's id.", examples=["evt-p-2018-00056"], max_length=200)
    ]
    service: Annotated[
        str, Field(description="The service that could not handle it, and keeps it.", examples=["matching"])
    ]
    message_type: Annotated[
        str,
        Field(
            description="Its type; empty where it had none.",
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
    attempts: Annotated[int, Field(ge=0, description="How many times it was attempted.", examples=[5])]


class QueueStuck(Event, about="queue"):
    """A service's queue is stuck: the broker closes its channel again and again before a message is handled.

    Nothing is lost. Most often the cause is one message that the broker cannot deliver. It becomes a dead letter, and
    then the queue is consumed again.
    """

    queue_id: Annotated[str, Field(description="The queue's name.", examples=["matching.effects"], max_length=200)]
    service: Annotated[str, Field(description="The service that consumes the queue.", examples=["matching"])]
    losses: Annotated[
        int,
        Field(
            ge=1, description="How many times in a row its channel was lost before a message was handled.", examples=[4]
        ),
    ]
    reason: Annotated[
        str,
        Field(
            description="The class of the error with which the channel was last lost; no personal data.",
            examples=["ConnectionInternalError"],
            max_length=200,
        ),
    ]
