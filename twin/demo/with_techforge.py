"""TechForge's part in the story: a project that shapes the form, and approval in Slack alone."""

from twin.demo.part import Part, Service
from twin.files import jpg, sha256_hex
from twin.techforge.app import TechForgeTwin
from twin.techforge.storage import files_of


def _local(service: Service) -> TechForgeTwin:
    if not isinstance(service, TechForgeTwin):
        raise TypeError("this part is TechForge's")
    return service


async def _ready(service: Service, _bot_url: str) -> dict[str, str]:
    techforge = _local(service)
    # All files of a job are listed then, not only the one that the documents show.
    techforge.configure(output="nested")
    return {"TECHFORGE_API_KEY": techforge.api_key, "TECHFORGE_BASE_URL": techforge.url}


def _made(service: Service) -> set[str]:
    job = _local(service).jobs()[-1]
    return {sha256_hex(each.blob.content) for each in files_of(job)}


TECHFORGE = Part(
    shapes={"Project": "Autumn teaser"},
    choices={
        "Headline": "Meet the autumn range",
        "Voiceover, or its address": "https://assets.example/voiceover.mp3",
    },
    uploads={"Avatar": ("presenter.jpg", jpg("presenter"))},
    said=2,
    submit="POST /jobs/v2",
    life_s=136.0,
    intervals_s={
        "GREENLIGHT_TECHFORGE_LOOK_QUEUED_S": 5.0,
        "GREENLIGHT_TECHFORGE_LOOK_PRODUCING_S": 15.0,
    },
    ready=_ready,
    made=_made,
)
