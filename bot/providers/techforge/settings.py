"""How TechForge is set up, and where its calls go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from bot.core.errors import SettingsError
from bot.core.events import News
from bot.providers.configured import check_base, check_key
from bot.providers.techforge.words import STATUS, plain_status

BASE_URL = "https://api.techforgeinnovate.com"


@dataclass(frozen=True, kw_only=True)
class TechForgeSettings:
    """Everything that is configured.

    Attributes:
        console_url: Page for people, or empty for none; none for a single job is documented.
        job_type: Type of the jobs of projects that name none of their own.
        version: Of the template jobs; the vendor's studio sends 2.
        status_aliases: Words for a job's state that no document has, with the one each means.
        credits_floor: The form warns when no more credits than this are left.
        upload_bytes: Longest file that a form takes.
        look_timeout_s: Longest look in all, in seconds.
        submit_timeout_s: Longest submit in all, in seconds; a claim must outlast it.
        max_bytes: Longest answer that is read.
        per_minute: Requests a minute that we allow ourselves; None or 0 for no limit, since
            TechForge documents none.
        per_day: As above, for a UTC day.
        link_life_s: How long a signed link is handed out again, in seconds; how long it lives is
            not documented.
        projects_fresh_s: How long projects and their fields count as fresh.
        credits_fresh_s: How long the balance counts as fresh.
    """

    api_key: str = field(repr=False)
    base_url: str = BASE_URL
    console_url: str = ""
    job_type: str = "video"
    version: int = 2
    status_aliases: Mapping[str, str] = field(default_factory=dict)
    credits_floor: float = 0.0
    upload_bytes: int = 50_000_000
    look_timeout_s: float = 15.0
    submit_timeout_s: float = 45.0
    max_bytes: int = 2_000_000
    per_minute: int | None = None
    per_day: int | None = None
    link_life_s: float = 60.0
    projects_fresh_s: float = 5 * 60.0
    credits_fresh_s: float = 60.0

    @property
    def statuses(self) -> Mapping[str, News]:
        """What each word for a job's state means, as `plain_status` spells it."""
        given = self.status_aliases.items()
        aliases = {plain_status(word): STATUS[plain_status(known)] for word, known in given}
        return {**STATUS, **aliases}


class Paths:
    """Build the address of each operation (docs.techforgeinnovate.com/api, seen 2026-11-21).

    Look-ups of projects have a prefix that jobs, storage and credits do not have.

    Raises:
        SettingsError: The settings cannot work.
    """

    def __init__(self, settings: TechForgeSettings) -> None:
        check_key("TECHFORGE_API_KEY", settings.api_key)
        check_base("TECHFORGE_BASE_URL", settings.base_url)
        _check_aliases(settings)
        self.base_url = settings.base_url.rstrip("/")

    def projects(self) -> str:
        """The projects that can be used now."""
        return f"{self.base_url}/api/provider/projects/active"

    def fields(self, project_id: str) -> str:
        """What a project has to be given."""
        return f"{self.base_url}/api/provider/projects/{quote(project_id, safe='')}/mapping-fields"

    def submit(self) -> str:
        """Where a job is submitted."""
        return f"{self.base_url}/jobs/v2"

    def job(self, uuid: str) -> str:
        """One job."""
        return f"{self.base_url}/jobs/{quote(uuid, safe='')}"

    def trigger(self) -> str:
        """Where jobs are put back on the queue."""
        return f"{self.base_url}/jobs/trigger-job"

    def sign(self, path: str) -> str:
        """Where a key of the store is turned into a link."""
        return f"{self.base_url}/storage/generate-signed-path?{urlencode({'path': path})}"

    def credits(self) -> str:
        """The balance."""
        return f"{self.base_url}/auth/credits"


def _check_aliases(settings: TechForgeSettings) -> None:
    known = next((word for word in settings.status_aliases if plain_status(word) in STATUS), None)
    if known is not None:
        must = f"is wrong at techforge.status_aliases: {known!r} is a word of TechForge's own"
        raise SettingsError("CATALOG", must)
