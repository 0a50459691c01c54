"""How JARAI is set up, and where its calls go."""

from dataclasses import asdict, dataclass, field
from urllib.parse import quote

from bot.core.errors import SettingsError
from bot.core.form import Choice
from bot.providers.configured import check_base
from bot.providers.jarai.dialects import DIALECTS, EnrolmentPaths, Right


@dataclass(frozen=True, kw_only=True)
class JaraiSettings:
    """Everything that is configured.

    Attributes:
        base_url: None takes the dialect's own.
        dialect: Generation of the API; one of `DIALECTS`.
        languages: JARAI's ids with names; no look-up for them is documented.
        countries: As above.
        project_types: Slugs with names; where empty the account's default applies.
        console_url: Page for people; `{account_id}` and `{production_id}` are filled in, since how
            to link to one production is not documented.
        reject_cancels: Whether a rejection here also cancels the production there.
        look_timeout_s: Longest look in all, in seconds.
        submit_timeout_s: Longest submit in all, in seconds; a claim must outlast it.
        max_bytes: Longest answer that is read.
        sends_idempotency_key: Sent with a submit; whether JARAI honours it is not documented.
        per_minute: Requests a minute instead of what answers say; 0 means no limit.
        per_day: Requests a day instead of what the tier allows; 0 means no limit.
        webhook_age_s: Oldest webhook that is believed; wide, as JARAI's retries are not documented.
        webhook_ahead_s: How far in the future a webhook may be dated.
        link_life_s: Longest time a download link is kept for the next click; documented is 1 h.
        accounts_fresh_s: How long accounts and avatars count as fresh.
    """

    api_key: str = field(repr=False)
    languages: tuple[Choice, ...]
    countries: tuple[Choice, ...]
    project_types: tuple[Choice, ...] = ()
    base_url: str | None = None
    dialect: str = "partner"
    console_url: str = "https://console.jarai.studio"
    reject_cancels: bool = False
    look_timeout_s: float = 15.0
    submit_timeout_s: float = 45.0
    max_bytes: int = 2_000_000
    sends_idempotency_key: bool = True
    per_minute: int | None = None
    per_day: int | None = None
    webhook_age_s: float = 24 * 3600.0
    webhook_ahead_s: float = 300.0
    link_life_s: float = 3600.0
    accounts_fresh_s: float = 15 * 60.0


class Paths:
    """Build the address of each operation of a dialect.

    Attributes:
        dialect: What else is particular to it.

    Raises:
        SettingsError: There is no such dialect, or nothing can be sent to such an address.
    """

    def __init__(self, dialect: str, *, base_url: str | None) -> None:
        if dialect not in DIALECTS:
            raise SettingsError("JARAI_DIALECT", f"must be one of {', '.join(sorted(DIALECTS))}")
        if base_url is not None:
            check_base("JARAI_BASE_URL", base_url)
        self.dialect = DIALECTS[dialect]
        self.base_url = (base_url or self.dialect.base_url).rstrip("/")

    def accounts(self) -> str:
        """All accounts the key may use."""
        return self._fill(self.dialect.accounts)

    def productions(self, account_id: str) -> str:
        """Where a production is submitted."""
        return self._fill(self.dialect.productions, account_id=account_id)

    def production(self, account_id: str, production_id: str) -> str:
        """One production: looked at, and cancelled."""
        path = self.dialect.production
        return self._fill(path, account_id=account_id, production_id=production_id)

    def deliverables(self, account_id: str, production_id: str) -> str:
        """The files of a production."""
        path = self.dialect.deliverables
        return self._fill(path, account_id=account_id, production_id=production_id)

    def webhooks(self) -> str:
        """All subscriptions."""
        return self._fill(self.dialect.webhooks)

    def webhook(self, webhook_id: str) -> str:
        """One subscription."""
        return self._fill(self.dialect.webhook, webhook_id=webhook_id)

    def trial(self, right: Right, *, account_id: str, production_id: str) -> str:
        """Where a right is tried."""
        path: str = getattr(self.dialect, right.path)
        return self._fill(path, account_id=account_id, production_id=production_id)

    def enrolment(self) -> EnrolmentPaths | None:
        """Where one becomes a partner, with `{token}` left open; None where nowhere."""
        paths = self.dialect.enrolment
        if paths is None:
            return None
        return EnrolmentPaths(
            **{name: self.base_url + path for name, path in asdict(paths).items()}
        )

    def _fill(self, path: str, **ids: str) -> str:
        return self.base_url + path.format(
            **{name: quote(value, safe="") for name, value in ids.items()}
        )


def check_choices(settings: JaraiSettings) -> None:
    """Insist on choices for the form.

    Raises:
        SettingsError: There is no language or no country.
    """
    if not settings.languages or not settings.countries:
        raise SettingsError("CATALOG", "must list a language and a country for JARAI")
