"""The settings of the runtime, from the environment."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RuntimeSettings(BaseSettings):
    """Read from `NINTHWEEK_…`, the same for every service that the process runs."""

    model_config = SettingsConfigDict(env_prefix="NINTHWEEK_")

    prefetch: int = Field(
        default=200, ge=1, le=10_000, description="Messages delivered before the first is acknowledged."
    )
    largest_group: int = Field(default=100, ge=1, le=1_000, description="Messages that share a transaction, at most.")
    effects_side_by_side: int = Field(default=4, ge=1, le=100, description="Effects that are performed at a time.")
    pool_size: int = Field(default=10, ge=3, le=200, description="Connections to the database, at most.")
    stop_within: timedelta = Field(
        default=timedelta(seconds=20),
        description="How long a stopping service may take to handle what it was delivered.",
    )
    remember: timedelta = Field(
        default=timedelta(days=30),
        ge=timedelta(days=1),
        description="How long the inbox and the outbox remember; longer than any message may be in flight.",
    )
