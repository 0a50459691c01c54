"""What the operator is told about becoming a partner and about new keys; keys are kept nowhere."""

from typing import Any

from pydantic import SecretStr

from bot.providers.desks import NewKey, PartnerDesk
from bot.settings import Settings, env_name, require

ROTATION_QUESTION = (
    "This makes a new key. The present one ends in 24 hours, for everybody who uses it. Go on?"
)
HOUR_S = 3600


def present_key(settings: Settings, desk: PartnerDesk) -> str:
    """Give the key that is in use.

    Raises:
        SettingsError: There is none.
    """
    field = _key_field(desk)
    require(settings, field)
    key: SecretStr = getattr(settings, field)
    return key.get_secret_value()


def registered_lines(partner_id: str | None, desk: PartnerDesk, *, email: str) -> list[str]:
    """Write for people that a registration was taken, and what comes next."""
    named = f" Our partner id is {partner_id}." if partner_id else ""
    return [
        f"{desk.label} took the registration and writes to {email}.{named}",
        f"Hand the link in that mail to greenlight {desk.name} verify, and open it nowhere else:",
        "it gives the key once.",
    ]


def registered_json(partner_id: str | None, *, email: str) -> dict[str, Any]:
    """Give the facts of a registration."""
    return {"partner_id": partner_id, "email": email}


def key_lines(made: NewKey, desk: PartnerDesk) -> list[str]:
    """Write a new key for people, and what to do with it."""
    setting = env_name(_key_field(desk))
    lines = [
        "The key, shown this once and kept nowhere by Greenlight:",
        "",
        f"    {made.value}",
        "",
        f"Put it into {setting}, in the environment or .env, and start Greenlight again.",
    ]
    if made.old_key_s is not None:
        hours = made.old_key_s / HOUR_S
        lines.append(f"The old key works for {hours:.0f} hours more, so nothing stops meanwhile.")
    return [*lines, "greenlight doctor then says whether all is well."]


def key_json(made: NewKey) -> dict[str, Any]:
    """Give a new key with its facts; the only place where a key is printed for programs."""
    return {
        "api_key": made.value,
        "partner_id": made.partner_id,
        "old_key_valid_s": made.old_key_s,
    }


def _key_field(desk: PartnerDesk) -> str:
    return f"{desk.name}_api_key"
