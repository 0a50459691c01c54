"""The guard for addresses, under a name that stays, for packages with services of their own.

Greenlight itself imports `bot.core.addresses`.
"""

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
