"""Sample bodies and values that the tests of JARAI share."""

import json
from pathlib import Path
from typing import Any

from bot.core.form import Choice
from bot.core.production import Answer, ProductionRequest
from bot.providers.http import Reply
from bot.providers.jarai import JaraiSettings

FOLDER = Path(__file__).parents[3] / "samples" / "jarai"
ACCOUNT = "0b6f4c7e-2a11-4b8e-9d33-7a5f10c2e901"
AVATAR = "c4e0d0a1-6a5f-4c55-8f0e-3f3c9b0d3333"
PRODUCTION = "5c1f6f0e-8d0b-4b53-8a8e-0c8b7f4e4444"
LANGUAGE = "2f0f2a5c-9a55-4f0a-8a0f-5b1a6b0c1111"
COUNTRY = "7d1d9d2e-31c4-4f7b-9b7a-0d2b7f0c2222"
SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
KEY = "jarai_test_standard0000000000"


def sample_bytes(name: str) -> bytes:
    """Give a sample as it goes over the wire."""
    return (FOLDER / f"{name}.json").read_bytes()


def sample(name: str) -> Any:
    """Give a sample as JSON."""
    return json.loads(sample_bytes(name))


def build_settings(**changes: Any) -> JaraiSettings:
    """Give working settings, as changed."""
    about: dict[str, Any] = {
        "api_key": KEY,
        "languages": (Choice(value=LANGUAGE, name="English (UK)"),),
        "countries": (Choice(value=COUNTRY, name="United Kingdom"),),
        "project_types": (Choice(value="social-video-30s", name="Social video, 30 s"),),
    }
    return JaraiSettings(**(about | changes))


def build_reply(status: int, body: Any = b"", *, is_whole: bool = True, **headers: str) -> Reply:
    """Give an answer; header names are written with underscores."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=names, body=raw, is_whole=is_whole)


def build_request(topic: str = "Autumn range teaser", **values: str | None) -> ProductionRequest:
    """Give a filled-in form; None leaves a field empty."""
    about = {
        "language": LANGUAGE,
        "country": COUNTRY,
        "avatar": f"{ACCOUNT}/{AVATAR}",
        "project_type": "social-video-30s",
        "notes": "Tone: warm.",
    } | values
    answers = tuple(
        Answer(key=key, label=key.title(), value=value, shown=value)
        for key, value in about.items()
        if value is not None
    )
    return ProductionRequest(
        provider="jarai",
        topic=topic,
        team_id="T1",
        channel_id="C1",
        requester_id="U1",
        answers=answers,
    )
