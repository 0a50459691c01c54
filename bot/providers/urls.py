"""The guard for addresses, under the name by which services know it, those from outside too."""

from bot.core.addresses import (
    LONGEST_URL,
    UnsafeUrlError,
    check_url,
    is_loopback,
    is_public_address,
    is_same_origin,
)

__all__ = [
    "LONGEST_URL",
    "UnsafeUrlError",
    "check_url",
    "is_loopback",
    "is_public_address",
    "is_same_origin",
]
