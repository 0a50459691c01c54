"""Sample bodies and values that the tests of TechForge share."""

import json
from pathlib import Path
from typing import Any

from bot.core.production import Answer, Job, ProductionRequest
from bot.providers.techforge import TechForgeSettings

FOLDER = Path(__file__).parents[3] / "samples" / "techforge"
PROJECT = "1d2e3f40-7a10-4bbb-8ccc-000000000001"
JOB = "8f6d0a6e-1111-4222-8333-000000000abc"
KEY = "tfi-key-of-a-test"
MP4 = f"ai-talking-videos/{PROJECT}/outputs/{JOB}.mp4"


def sample_bytes(name: str) -> bytes:
    """Give a sample as it goes over the wire."""
    return (FOLDER / f"{name}.json").read_bytes()


def sample(name: str) -> Any:
    """Give a sample as JSON."""
    return json.loads(sample_bytes(name))


def build_settings(**changes: Any) -> TechForgeSettings:
    """Give working settings, as changed."""
    return TechForgeSettings(**({"api_key": KEY} | changes))


def build_request(**values: str) -> ProductionRequest:
    """Give a filled-in form; field names are written as `project` or `text__headline`."""
    about = {"project": f"{PROJECT}/ai_talking_video", "text__headline": "Meet the range"} | values
    answers = tuple(
        Answer(key=key, label=key.title(), value=value, shown=value)
        for key, value in ((name.replace("__", "."), value) for name, value in about.items())
    )
    return ProductionRequest(
        provider="techforge",
        topic="Autumn range teaser",
        team_id="T1",
        channel_id="C1",
        requester_id="U1",
        answers=answers,
    )


def job() -> Job:
    """Give the sample job."""
    return Job(job_id=JOB, handle={})
