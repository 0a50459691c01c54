"""Narakeet's part in the story: a typed script, links that soon die, and approval in Slack alone."""

from twin.demo.part import Part, Service
from twin.files import sha256_hex
from twin.narakeet.app import NarakeetTwin
from twin.narakeet.deliverables import files_of


def _local(service: Service) -> NarakeetTwin:
    if not isinstance(service, NarakeetTwin):
        raise TypeError("this part is Narakeet's")
    return service


async def _ready(service: Service, _bot_url: str) -> dict[str, str]:
    narakeet = _local(service)
    return {
        "NARAKEET_API_KEY": narakeet.api_key,
        "NARAKEET_BASE_URL": narakeet.url,
        "GREENLIGHT_NARAKEET_REQUESTS_PER_DAY": "0",
    }


def _made(service: Service) -> set[str]:
    narakeet = _local(service)
    files = files_of(narakeet.jobs()[-1], settings=narakeet.settings)
    return {sha256_hex(each.content) for each in files.values()}


NARAKEET = Part(
    choices={
        "Size": "1080p",
        "Voice": "Victoria, English (UK)",
        "Script": "Meet the new jackets.\n\n---\n\nWarm colours for the autumn.",
    },
    said=2,
    submit="POST /video/build",
    life_s=120.0,
    intervals_s={
        "GREENLIGHT_NARAKEET_LOOK_QUEUED_S": 5.0,
        "GREENLIGHT_NARAKEET_LOOK_PRODUCING_S": 10.0,
    },
    ready=_ready,
    made=_made,
)
