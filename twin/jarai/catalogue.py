"""What the local JARAI knows from the start: tiers, partners' keys, accounts, choices, steps.

Everything here is fixed, so that documents, the catalog of the bot and tests can name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Tier:
    """What a partner may use up.

    Attributes:
        per_minute: Requests in any 60 s, over all keys and endpoints.
        per_day: Requests from 00:00 to 24:00 UTC; None means no limit.
        productions_per_day: Productions a day in one account; None means no limit.

    Source: developer portal, rate limits, seen 2026-11-21.
    """

    per_minute: int
    per_day: int | None
    productions_per_day: int | None


TIERS: Mapping[str, Tier] = {
    "free": Tier(per_minute=10, per_day=100, productions_per_day=3),
    "standard": Tier(per_minute=60, per_day=2000, productions_per_day=20),
    "enterprise": Tier(per_minute=300, per_day=None, productions_per_day=None),
    # Not a tier of the service: lets a benchmark measure the caller instead of the limits.
    "unlimited": Tier(per_minute=10_000_000, per_day=None, productions_per_day=None),
}


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A customer of the API; productions, webhooks and budgets belong to it."""

    name: str
    tier: str
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class Key:
    """One credential of a partner.

    Attributes:
        name: What the journal calls it, since the value itself is a secret.
        scopes: What it may do; None, for old keys only, means everything.
        is_test: Answers carry `"sandbox": true`.
    """

    name: str
    value: str
    partner: Partner
    scopes: frozenset[str] | None
    is_test: bool = True

    def allows(self, scope: str) -> bool:
        """Say whether the key has the scope; one that writes also reads."""
        if self.scopes is None:
            return True
        return scope in self.scopes or scope.replace(":read", ":write") in self.scopes


READING = frozenset({"accounts:read", "productions:read", "deliverables:read"})
WORKING = frozenset({"accounts:read", "productions:write", "deliverables:read", "webhooks:write"})

NORTHWIND = Partner(name="northwind", tier="standard")

DORMANT = Partner(name="dormant", tier="standard", is_active=False)

STANDARD_KEY = Key(
    name="standard", value="jarai_test_standard0000000000", partner=NORTHWIND, scopes=WORKING
)
V1_KEY = Key(
    name="v1", value="jarai_northwind000000000000000", partner=NORTHWIND, scopes=None, is_test=False
)
"""Made by the older generation, which knows neither test keys nor a least set of scopes."""
KEYS: Mapping[str, Key] = {
    key.value: key
    for key in (
        STANDARD_KEY,
        Key(
            name="readonly",
            value="jarai_test_readonly0000000000",
            partner=NORTHWIND,
            scopes=READING,
        ),
        Key(
            name="live",
            value="jarai_live_northwind000000000",
            partner=NORTHWIND,
            scopes=WORKING,
            is_test=False,
        ),
        Key(
            name="free",
            value="jarai_test_free00000000000000",
            partner=Partner(name="harbour", tier="free"),
            scopes=WORKING,
        ),
        Key(
            name="enterprise",
            value="jarai_test_enterprise00000000",
            partner=Partner(name="summit", tier="enterprise"),
            scopes=WORKING,
        ),
        Key(
            name="inactive",
            value="jarai_test_inactive0000000000",
            partner=DORMANT,
            scopes=WORKING,
        ),
        V1_KEY,
        Key(
            name="v1 readonly",
            value="jarai_readonly0000000000000000",
            partner=NORTHWIND,
            scopes=READING,
            is_test=False,
        ),
        Key(
            name="v1 inactive",
            value="jarai_dormant00000000000000000",
            partner=DORMANT,
            scopes=None,
            is_test=False,
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Avatar:
    """A presenter; it can be used only in its own account."""

    avatar_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """A brand that productions are made for; every partner here may use every account."""

    account_id: str
    name: str
    status: str
    avatars: tuple[Avatar, ...]
    platforms: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Productions may be asked for (developer portal, errors: Active or Pilot)."""
        return self.status in {"Active", "Pilot"}

    def has_avatar(self, avatar_id: str) -> bool:
        """Say whether the presenter belongs to this account."""
        return any(avatar.avatar_id == avatar_id for avatar in self.avatars)


SOCIAL = Account(
    account_id="0b6f4c7e-2a11-4b8e-9d33-7a5f10c2e901",
    name="Northwind Social",
    status="Active",
    avatars=(
        Avatar(avatar_id="c4e0d0a1-6a5f-4c55-8f0e-3f3c9b0d3333", name="Mia"),
        Avatar(avatar_id="c4e0d0a1-6a5f-4c55-8f0e-3f3c9b0d3334", name="Theo"),
    ),
    platforms=("LinkedIn", "TikTok", "YouTube"),
)
LEARNING = Account(
    account_id="0b6f4c7e-2a11-4b8e-9d33-7a5f10c2e902",
    name="Northwind Learning",
    status="Pilot",
    avatars=(
        Avatar(avatar_id="c4e0d0a1-6a5f-4c55-8f0e-3f3c9b0d4441", name="Ines"),
        Avatar(avatar_id="c4e0d0a1-6a5f-4c55-8f0e-3f3c9b0d4442", name="Karl"),
    ),
    platforms=("YouTube", "LinkedIn"),
)
ARCHIVE = Account(
    account_id="0b6f4c7e-2a11-4b8e-9d33-7a5f10c2e903",
    name="Northwind Archive",
    status="Suspended",
    avatars=(Avatar(avatar_id="c4e0d0a1-6a5f-4c55-8f0e-3f3c9b0d5551", name="Vera"),),
    platforms=("YouTube", "Facebook"),
)
ACCOUNTS: Mapping[str, Account] = {
    account.account_id: account for account in (SOCIAL, LEARNING, ARCHIVE)
}

LANGUAGES: Mapping[str, str] = {
    "2f0f2a5c-9a55-4f0a-8a0f-5b1a6b0c1111": "English (UK)",
    "2f0f2a5c-9a55-4f0a-8a0f-5b1a6b0c1112": "German",
    "2f0f2a5c-9a55-4f0a-8a0f-5b1a6b0c1113": "Spanish",
}
COUNTRIES: Mapping[str, str] = {
    "7d1d9d2e-31c4-4f7b-9b7a-0d2b7f0c2222": "United Kingdom",
    "7d1d9d2e-31c4-4f7b-9b7a-0d2b7f0c2223": "Germany",
    "7d1d9d2e-31c4-4f7b-9b7a-0d2b7f0c2224": "Spain",
}
PROJECT_TYPES: Mapping[str, str] = {
    "social-video-30s": "Social video, 30 s",
    "social-video-60s": "Social video, 60 s",
    "explainer-video-3m": "Explainer video, 3 min",
}
DEFAULT_PROJECT_TYPE = "social-video-30s"

# The pipeline as the help site lists it (operators/pipeline, seen 2026-11-21). Steps 5 and 10 have
# several variants there; their names here are ours.
STEP_NAMES = (
    "ProductionBriefGenerator",
    "NarrativeGenerator",
    "SequenceBeatGenerator",
    "SceneScriptGenerator",
    "ImageAcquisition",
    "ImageAnalyser",
    "ImageProducer",
    "VoiceoverProducer",
    "SoundtrackProducer",
    "VideoComposition",
    "PlatformVariantProducer",
    "SEOGenerator",
    "AttributionPackager",
    "DeliverablePackager",
    "GateEvaluator",
)
EVENT_TYPES = (
    "production.queued",
    "production.step.complete",
    "production.published",
    "production.failed",
    "deliverable.ready",
    "webhook.test",
)
