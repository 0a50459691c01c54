"""What the local TechForge knows from the start: accounts, job types, projects and their fields.

Everything here is fixed, so that documents and tests can name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

# POST /jobs/v2 (docs.techforgeinnovate.com/api/jobs-v2, seen 2026-11-21); what each costs is ours.
JOB_TYPES: Mapping[str, float] = {
    "ai_talking_video": 12.5,
    "video": 8.0,
    "tts": 1.5,
    "image": 2.0,
    "photo_qc": 0.5,
    "pdf": 1.0,
    "ai_image_generation": 3.0,
}
IMAGE_GENERATION = "ai_image_generation"
WITH_MUSIC = frozenset({"video", "ai_talking_video"})


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who a key acts for; projects, jobs and credits belong to it.

    Attributes:
        name: What the journal calls its key, since the value itself is a secret.
        user_id: What job rows show.
    """

    name: str
    user_id: str
    api_key: str
    credits_at_start: float


NORTHWIND = Account(
    name="northwind",
    user_id="5d0c1b5e-3a64-4f2e-9a1d-6b1f0c7e1001",
    api_key="tfi-twin-northwind-key",
    credits_at_start=1250,
)
HARBOUR = Account(
    name="harbour",
    user_id="5d0c1b5e-3a64-4f2e-9a1d-6b1f0c7e1002",
    api_key="tfi-twin-harbour-key",
    credits_at_start=5,
)
ACCOUNTS: Mapping[str, Account] = {account.api_key: account for account in (NORTHWIND, HARBOUR)}


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something a project's template has to be given.

    Attributes:
        instruction_type: `text`, `image` and `audio` are documented, others exist; None where the
            project does not say.
        is_required: The worker cannot do without it. No answer of the API tells.
    """

    label: str
    instruction_type: str | None = "text"
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class Project:
    """A template of an account.

    Attributes:
        starts_at: From when on it is active; None means it always was.
        ends_at: Until when; None means for good.
        prompt_id: The image prompt behind it; None where it makes no pictures from prompts.
    """

    project_id: str
    account: Account
    name: str
    type: str
    fields: Mapping[str, Field]
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    prompt_id: str | None = None

    def is_active(self, now: datetime) -> bool:
        """Say whether `now` is within its dates."""
        has_begun = self.starts_at is None or self.starts_at <= now
        return has_begun and (self.ends_at is None or now <= self.ends_at)


def _id(number: int) -> str:
    return f"1d2e3f40-7a10-4bbb-8ccc-{number:012d}"


TEASER = Project(
    project_id=_id(1),
    account=NORTHWIND,
    name="Autumn teaser",
    type="ai_talking_video",
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
    fields={
        "headline": Field(label="Headline", is_required=True),
        "voiceover": Field(label="Voiceover", instruction_type="audio", is_required=True),
        "avatar": Field(label="Avatar", instruction_type="image"),
    },
)
_SCENE: Mapping[str, Field] = {
    "title": Field(label="title"),
    "text": Field(label="text"),
    "picture": Field(label="picture", instruction_type="image"),
    "sound": Field(label="sound", instruction_type="audio"),
}
_SCENES = 15
CATALOGUE = Project(
    project_id=_id(2),
    account=NORTHWIND,
    name="Whole catalogue, 15 scenes",
    type="video",
    fields={
        f"scene_{number:02d}_{name}": Field(
            label=f"Scene {number}, {field.label}",
            instruction_type=field.instruction_type,
            is_required=(number, name) == (1, "title"),
        )
        for number in range(1, _SCENES + 1)
        for name, field in _SCENE.items()
    },
)
STORE_TOUR = Project(
    project_id=_id(3),
    account=NORTHWIND,
    name="Store tour",
    type="video",
    fields={
        "greeting": Field(label="Greeting", instruction_type=None),
        "brand_color": Field(label="Brand colour", instruction_type="color_picker"),
        "logo": Field(label="Logo", instruction_type="image"),
    },
)
READING = Project(
    project_id=_id(4),
    account=NORTHWIND,
    name="Product reading",
    type="tts",
    fields={"script": Field(label="Script", is_required=True)},
)
BANNER = Project(
    project_id=_id(5),
    account=NORTHWIND,
    name="Sale banner",
    type="image",
    fields={
        "slogan": Field(label="Slogan", is_required=True),
        "product": Field(label="Product photo", instruction_type="image"),
    },
)
PHOTO_CHECK = Project(
    project_id=_id(6),
    account=NORTHWIND,
    name="Photo check",
    type="photo_qc",
    fields={"photo": Field(label="Photo", instruction_type="image", is_required=True)},
)
BROCHURE = Project(
    project_id=_id(7),
    account=NORTHWIND,
    name="",  # The documents say that an unset name is an empty text.
    type="pdf",
    fields={"text": Field(label="Text", is_required=True)},
)
MOODS = Project(
    project_id=_id(8),
    account=NORTHWIND,
    name="Mood pictures",
    type=IMAGE_GENERATION,
    prompt_id="9a8b7c60-7a10-4ddd-8eee-000000000008",
    fields={"mood": Field(label="Mood", is_required=True)},
)
SPRING = Project(
    project_id=_id(9),
    account=NORTHWIND,
    name="Spring teaser",
    type="video",
    starts_at=datetime(2026, 3, 1, tzinfo=UTC),
    ends_at=datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC),
    fields={"headline": Field(label="Headline", is_required=True)},
)
HARBOUR_NEWS = Project(
    project_id=_id(10),
    account=HARBOUR,
    name="Harbour news",
    type="video",
    fields={"headline": Field(label="Headline", is_required=True)},
)
PROJECTS: Mapping[str, Project] = {
    project.project_id: project
    for project in (
        TEASER,
        CATALOGUE,
        STORE_TOUR,
        READING,
        BANNER,
        PHOTO_CHECK,
        BROCHURE,
        MOODS,
        SPRING,
        HARBOUR_NEWS,
    )
}


def projects_of(account: Account) -> list[Project]:
    """List an account's projects, active or not."""
    return [project for project in PROJECTS.values() if project.account is account]


def find_project(project_id: str, *, account: Account) -> Project | None:
    """Give a project, unless it does not exist or is another account's."""
    project = PROJECTS.get(project_id.lower())
    return project if project is not None and project.account is account else None


def find_prompt(source_id: str, *, account: Account) -> Project | None:
    """Give the project behind an image prompt's id or its own, where it has a prompt."""
    for project in projects_of(account):
        if project.prompt_id and source_id.lower() in {project.prompt_id, project.project_id}:
            return project
    return None
