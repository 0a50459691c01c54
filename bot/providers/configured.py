"""Insist on what no service can be spoken to without: a key that fits a header, and an address."""

from bot.core.addresses import UnsafeUrlError, check_url
from bot.core.errors import SettingsError


def check_key(setting: str, api_key: str) -> None:
    """Insist on a key that can stand in a header.

    Args:
        setting: Name of the setting, for whoever has to mend it.

    Raises:
        SettingsError: It cannot.
    """
    if not api_key.isascii() or not api_key.isprintable():
        raise SettingsError(setting, "must be plain ASCII without line breaks")


def check_base(setting: str, base_url: str) -> None:
    """Insist on an address that calls may go to.

    Args:
        setting: As for `check_key`.

    Raises:
        SettingsError: They may not.
    """
    try:
        check_url(base_url, base=base_url)
    except UnsafeUrlError as error:
        must = "must be an https address (plain http only on this machine)"
        raise SettingsError(setting, must) from error
