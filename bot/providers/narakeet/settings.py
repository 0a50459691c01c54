"""How Narakeet is set up, and where its calls go."""

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from bot.providers.configured import check_base, check_key

BASE_URL = "https://api.narakeet.com"


@dataclass(frozen=True, kw_only=True)
class NarakeetSettings:
    """Everything that is configured.

    Attributes:
        sizes: Values of the script's `size` that people may choose.
        look_timeout_s: Longest look in all, in seconds.
        submit_timeout_s: Longest submit in all, in seconds; a claim must outlast it.
        upload_timeout_s: Longest upload of an archive in all, in seconds.
        max_bytes: Longest answer that is read.
        text_bytes: Longest text to read aloud; newer pages say 1024 KB, older ones 100 KB.
        upload_bytes: Largest file, and all files of a form together; Narakeet's limit is not
            documented.
        grace_s: How long after a submit a status may be missing, in seconds.
        max_age_s: After how many seconds an unfinished job counts as failed; Narakeet says 45 min.
        link_life_s: How long a link to a file lives; 10 minutes are documented.
        voices_fresh_s: How long the list of voices counts as fresh.
        credits_fresh_s: The same for the credits that are left.
        per_day: Requests a day that an account may make; 0 means no limit.
    """

    api_key: str = field(repr=False)
    base_url: str = BASE_URL
    sizes: tuple[str, ...] = ("720p", "1080p")
    look_timeout_s: float = 15.0
    submit_timeout_s: float = 45.0
    upload_timeout_s: float = 600.0
    max_bytes: int = 2_000_000
    text_bytes: int = 1_000_000
    upload_bytes: int = 100_000_000
    grace_s: float = 60.0
    max_age_s: float = 3600.0
    link_life_s: float = 600.0
    voices_fresh_s: float = 86_400.0
    credits_fresh_s: float = 60.0
    per_day: int = 86_400


class Paths:
    """Build the address of each operation of the API.

    Raises:
        SettingsError: The settings cannot work.
    """

    def __init__(self, settings: NarakeetSettings) -> None:
        check_key("NARAKEET_API_KEY", settings.api_key)
        check_base("NARAKEET_BASE_URL", settings.base_url)
        self.base_url = settings.base_url.rstrip("/")

    def upload_token(self) -> str:
        """Where a place for an archive is asked for (path from the vendor's client)."""
        return f"{self.base_url}/video/upload-request/zip"

    def build(self) -> str:
        """Where a video is ordered."""
        return f"{self.base_url}/video/build"

    def speech(self, kind: str, **about: str) -> str:
        """Where audio is ordered.

        Args:
            kind: The format.
            about: Query fields, underscores standing for dashes.
        """
        query = {name.replace("_", "-"): value for name, value in about.items() if value}
        address = f"{self.base_url}/text-to-speech/{quote(kind, safe='')}"
        return f"{address}?{urlencode(query, quote_via=quote)}" if query else address

    def voices(self) -> str:
        """All voices."""
        return f"{self.base_url}/voices"

    def credits(self) -> str:
        """What the account has left."""
        return f"{self.base_url}/account/credits"
