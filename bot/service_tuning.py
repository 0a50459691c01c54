"""Settings that only one video service has: its pace and its limits."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings

Seconds = Annotated[float, Field(gt=0, le=86_400 * 7)]


class ServiceTuning(BaseSettings):
    """What `bot.settings.Settings` takes over; names begin with the service's."""

    narakeet_look_queued_s: Seconds = Field(
        10, description="Seconds between looks right after Narakeet took a job"
    )
    narakeet_look_producing_s: Seconds = Field(
        10, description="Seconds between looks while Narakeet builds; it recommends 5 to 10"
    )
    narakeet_late_producing_s: Seconds = Field(
        2_700,
        description="Seconds after which building at Narakeet is called late; 45 min is its "
        "own limit",
    )
    narakeet_max_age_s: Seconds = Field(
        3_600,
        description="Seconds after which a job that Narakeet has not finished counts as failed",
    )
    narakeet_grace_s: Seconds = Field(
        60, description="Seconds after a submission in which Narakeet may have no status yet"
    )
    narakeet_text_bytes: int = Field(
        1_000_000,
        ge=1,
        le=10_000_000,
        description="Longest text that Narakeet reads aloud, in bytes; older accounts have 100000",
    )
    narakeet_upload_mb: int = Field(
        100,
        ge=1,
        le=1_000,
        description="Most that the files of one form may have together, in MB; they pass through "
        "the temporary folder",
    )
    narakeet_upload_timeout_s: Seconds = Field(
        600, description="Whole time of an upload to Narakeet's storage, in seconds"
    )
    narakeet_requests_per_day: int = Field(
        86_400, ge=0, description="Requests a day that Narakeet allows the account; 0 for no limit"
    )
    techforge_look_queued_s: Seconds = Field(
        10, description="Seconds between looks while queued at TechForge"
    )
    techforge_look_producing_s: Seconds = Field(
        30, description="Seconds between looks while TechForge produces"
    )
    techforge_late_queued_s: Seconds = Field(
        7_200, description="Seconds after which queued at TechForge is called late"
    )
    techforge_late_producing_s: Seconds = Field(
        7_200, description="Seconds after which producing at TechForge is called late"
    )
    techforge_job_type: Literal[
        "ai_talking_video", "video", "tts", "image", "photo_qc", "pdf", "ai_image_generation"
    ] = Field(
        "video",
        description="Type of the jobs of TechForge projects that name none of their own",
    )
    techforge_version: int = Field(
        2, ge=1, le=99, description="Version of TechForge's template jobs; music needs 2"
    )
    techforge_credits_floor: float = Field(
        0, ge=0, description="The form warns when TechForge has no more credits than this"
    )
    techforge_upload_mb: int = Field(
        50, ge=1, le=1_000, description="Longest file that a form for TechForge takes, in MB"
    )
    techforge_requests_per_minute: int | None = Field(
        None, ge=0, description="Requests a minute we allow ourselves at TechForge; 0 for no limit"
    )
    techforge_requests_per_day: int | None = Field(
        None, ge=0, description="Requests a day we allow ourselves at TechForge; 0 for no limit"
    )
