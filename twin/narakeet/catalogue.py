"""What the local Narakeet knows from the start: accounts, keys, voices, formats, limits.

Everything here is fixed, so that documents and tests can name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

UPLOAD_TYPE = "application/zip"
UPLOADED = "s3-zip"  # The real word is not documented; clients pass it back as it came.
BY_URL = "zip-url"
BY_GITHUB = "github"

FORMATS: Mapping[str, str] = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/wav"}
STREAMED = frozenset({"mp3", "m4a"})
# Text to speech API page, seen 2026-11-22; whether a KB is 1,000 bytes is not said, so the
# smaller number is the limit here.
SHORT_TEXT_BYTES = 1000


@dataclass(frozen=True, kw_only=True)
class Account:
    """A customer; jobs, uploads, credits and the day's requests belong to it.

    Attributes:
        has_api: The plan includes the API; only top-up and metered commercial plans do.
    """

    name: str
    plan: str
    credit_seconds: float
    has_api: bool = True

    @property
    def billing_id(self) -> str:
        """What `GET /account/credits` calls it."""
        return f"b-{self.name}"


@dataclass(frozen=True, kw_only=True)
class Key:
    """One credential of an account.

    Attributes:
        name: What the journal and `identity` call it, since the value itself is a secret.
    """

    name: str
    value: str
    account: Account


NORTHWIND = Account(name="northwind", plan="TOPUP", credit_seconds=5400)
STANDARD_KEY = Key(name="standard", value="narakeet-standard-0000000000", account=NORTHWIND)
KEYS: Mapping[str, Key] = {
    key.value: key
    for key in (
        STANDARD_KEY,
        Key(name="second", value="narakeet-second-00000000000", account=NORTHWIND),
        Key(
            name="metered",
            value="narakeet-metered-0000000000",
            account=Account(name="harbour", plan="METERED", credit_seconds=36_000),
        ),
        Key(
            name="empty",
            value="narakeet-empty-000000000000",
            account=Account(name="summit", plan="TOPUP", credit_seconds=0),
        ),
        Key(
            name="free",
            value="narakeet-free-0000000000000",
            account=Account(name="dormant", plan="FREE", credit_seconds=1200, has_api=False),
        ),
    )
}
ACCOUNTS: Mapping[str, Account] = {key.account.name: key.account for key in KEYS.values()}


@dataclass(frozen=True, kw_only=True)
class Voice:
    """Somebody who reads; names are found in any spelling of their letters."""

    name: str
    language: str
    language_code: str
    styles: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Write it as `GET /voices` does."""
        return {
            "name": self.name,
            "language": self.language,
            "languageCode": self.language_code,
            "styles": list(self.styles),
        }


VOICES = (
    Voice(name="mickey", language="English (US)", language_code="en-US", styles=("cheerful",)),
    Voice(name="linda", language="English (US)", language_code="en-US"),
    Voice(name="victoria", language="English (UK)", language_code="en-GB"),
    Voice(name="brian", language="English (UK)", language_code="en-GB", styles=("calm", "news")),
    Voice(name="hans", language="German", language_code="de-DE"),
    Voice(name="marlene", language="German", language_code="de-DE"),
    Voice(name="diego", language="Spanish (Spain)", language_code="es-ES"),
    Voice(name="celine", language="French", language_code="fr-FR"),
)
# The real list has some nine hundred; more than one of Slack's menus holds.
CROWD = tuple(
    Voice(name=f"crowd-{number:03d}", language="English (US)", language_code="en-US")
    for number in range(1, 901)
)
_BY_NAME = {voice.name: voice for voice in (*VOICES, *CROWD)}


def find_voice(name: str) -> Voice | None:
    """Give a voice, however its name is spelled."""
    return _BY_NAME.get(name.strip().lower())
